//! The unit that the phone runs on: time, addresses, syslog and link layer, behind a trait that tests can simulate.
