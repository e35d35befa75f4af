// An offer of more time, as the server tells it. No DOM.

/**
 * @typedef {{id: string, state: string, minutes: number, price_paise: number, price: string, asked_by: string, until: number}} Offer
 * @typedef {{ends: number, extension: Offer|null, prices: Record<string, string>, free: boolean}} TimeCard
 */

/**
 * Which card an offer is for one side. Pure.
 * @param {Offer|null} offer @param {string} side @returns {"none"|"asked"|"asking"|"pay"|"paying"|"added"|"declined"|"lapsed"|"returned"}
 */
export function cardOf(offer, side) {
  if (!offer) return "none";
  if (offer.state === "offered") return offer.asked_by === side ? "asking" : "asked";
  if (offer.state === "agreed") return side === "learner" ? "pay" : "paying";
  return /** @type {any} */ (offer.state);
}
