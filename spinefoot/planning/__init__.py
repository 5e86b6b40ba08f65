"""What further answers could still change: bounds over every completion of a case, and the questions worth asking."""
