global using SerialPort = Bulkhead.Guests.Pl011;
