### English (UK): only what differs from English (US).

about-telephone-call-control = Dialling and call handling that all lines share, and the numbers whose calls are rejected.
