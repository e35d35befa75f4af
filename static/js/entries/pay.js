import "../core/app.js";
import { startCheckout } from "../payments/checkout.js";

startCheckout();
