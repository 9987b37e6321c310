global using SerialPort = Bulkhead.Guests.Uart16550;
