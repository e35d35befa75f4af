"""The servers PeerLearn is measured against. Each does the same work: a membership look-up, then a relay to the other seat only."""
