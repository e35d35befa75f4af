"""What happened, counted: earnings, hours, demand, answering times. Reads only; every figure comes from rows."""
