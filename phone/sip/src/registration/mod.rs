//! Registration of one line: tells the registrar where the line is, and keeps it told (RFC 3261, section 10).
//!
//! [`Registration`] says which REGISTER to send and when; sending it, and finding the server, is the caller's business. What
//! the settings ask for:
//!
//! | setting | effect |
//! |---|---|
//! | `REG_EXPIRE_TIME` | asked for in Contact; what the registrar grants counts |
//! | `ADD_EXPIRES_HEADER` | asked for in Expires as well |
//! | `REG_INTERVAL_RATE` | registers again after that part of the granted time (guide rule 271) |
//! | `REG_RTX_INTVL` | tries again after silence or an error, but not after 403 |
//! | `USE_DEL_REG_OPEN` | removes all contacts first |
//! | `USE_DEL_REG_CLOSE` | removes its own contact at the end |
//! | `SIP_REQURI_PORT` | the registrar's port stands in the Request-URI |
//! | `GLOBAL_ADDRESS_METHOD` | registers anew when the answers name another address (guide rule 167) |

mod account;
mod machine;
mod register;

pub use account::{Account, Contact};
pub use machine::{Failure, Output, Registration, Status};
