//! The calls of one line: everything between dialling or ringing and hanging up (RFC 3261, sections 13 to 15).
//!
//! [`Calls`] says which requests and responses to send, and when; sending them, and finding the server, is the caller's
//! business. When offers and answers travel is decided here (RFC 3264, RFC 3262, RFC 3311); what they say is decided by the
//! caller, who gives and gets them as [`Body`]. What the settings ask for:
//!
//! | setting | effect |
//! |---|---|
//! | `DISPLAY_NAME`, `CALLER_ID_BLOCK`, `SIP_ANM_*` | From says who calls, or hides it |
//! | `SIP_P_PREFERRED_ID`, `SIP_PRIVACY` | the proxy is told who calls, and whether others may know |
//! | `SIP_REQURI_PORT`, `ADD_USER_PHONE` | how the URI of a number is written |
//! | `SIP_INVITE_EXPIRE` | stands in Expires; our call is given up after it |
//! | `SIP_100REL_ENABLE` | provisional responses are acknowledged, ours and theirs |
//! | `SIP_18X_RTX_INTVL` | ringing is told again so often |
//! | `SIP_SESSION_TIME`, `_METHOD`, `SIP_REFRESHER` | session timers: how long, refreshed how and by whom (guide rule 272) |
//! | `SIP_HOLD_HOLDRECEIVE` | whether a call that we hold may be changed by the other party |
//! | `SIP_CONTACT_ON_ACK` | ACK of a 2xx has Contact |
//! | `SIP_ADD_DIVERSION` | what a call that we send on tells of its way |
//! | `SIP_RCV_DET_HEADER` | calls whose To names another user are answered with 404 |
//! | `SIP_RESPONSE_CODE_DND`, `_CALL_REJECT` | how calls are turned away (guide rule 274) |
//! | `FLASHHOOK_CONTENT_TYPE` | how a flash hook is named in INFO (guide rule 269) |
//! | `TALK_PACKAGE`, `HOLD_PACKAGE` | stand in Allow-Events, and their NOTIFYs become events (guide rule 276) |
//!
//! What the RFCs leave open, and what is done here:
//!
//! - A forked call belongs to the first who answers; later ones are acknowledged and told goodbye.
//! - A change of ours that glare has put off comes again by itself, unless a change of theirs was accepted meanwhile: then
//!   [`Event::Unchanged`] with 491 asks for it anew, as it was made for a state that is gone.
//! - A re-INVITE that repeats the last description word for word is a refresh, and is answered with our own last one.
//! - REFER outside of a call does not act, nor does anything else from who is in no call with us.

mod acknowledge;
mod change;
mod commands;
mod core;
mod event;
mod incoming;
mod info;
mod invitation;
mod machine;
mod offers;
mod outgoing;
mod party;
mod profile;
mod redirect;
mod referral;
mod reliable;
mod session;
mod state;
mod transfer;
mod types;

pub use event::{End, Event, Forward, Invitation, Transfer};
pub use machine::{CallLoad, Calls};
pub use profile::Profile;
pub use types::{Body, CallFault, CallId, Dial, Diverted, Failure, Hop, Key, Output, Party, Rejection, Sender};
