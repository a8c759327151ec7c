"""The ground floor: what is true of lifecycles, whoever asks and wherever it is kept. Pure; no clock, no I/O."""
