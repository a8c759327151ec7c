"""The verbs a person says. Each gathers, decides, records and tells; the deciding half is pure and can be replayed."""
