"""What carries a notice: words into letters, letters into bytes, bytes to a relay; and what else a host plugs in."""
