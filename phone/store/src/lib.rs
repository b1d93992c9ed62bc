//! The state folder: what the phone knows, in one provisioning file for each layer.
//!
//! [`Store`] hands out snapshots of the layers and takes edits and downloaded files. A change is on the disk before
//! anybody sees it, and it is there as a whole or not at all. One process owns a folder at a time;
//! [`peek`] looks into it without owning it.
//!
//! | file | holds |
//! |---|---|
//! | `user.cfg` | what people set, in sections for the web page and the phone |
//! | `standard.cfg`, `product.cfg`, `master.cfg`, `pre-provisioning.cfg` | the file as it arrived, byte for byte, so that line numbers stay true |
//! | `new-….cfg`, `exchange.cfg` | files that came together, while they take their places |
//! | `pending.cfg` | the user layer to go back to, while a change waits for its confirmation |
//! | `applications/` | what was added to the unit; the reset to the factory state erases it |
//! | `erase`, `restore` | a reset or a restored backup that is decided, until it is done |
//! | `*.cfg.damaged` | what could not be read or had been altered, kept as evidence |
//! | `*.journal` | what changes often, line by line: call logs and contacts ([`JournalFile`]) |
//! | `lock` | locked by the process that owns the folder |
//!
//! The last line of each `.cfg` file of a layer is a comment that tells its length, its digest and where it came from. The files
//! hold passwords: the folder and everything in it belong to one user alone (modes 0700 and 0600).

mod backup;
mod edit;
mod erase;
mod error;
mod folder;
mod journal;
mod load;
mod peek;
mod reset;
mod restore;
mod seal;
mod store;
mod subscribe;
mod user;
mod writer;

pub use backup::{BackupError, Information, Make, information};
pub use edit::{Edit, Reason, Refusal};
pub use erase::Erase;
pub use error::{EditError, StoreError};
pub use journal::JournalFile;
pub use load::{Problem, Report};
pub use peek::peek;
pub use reset::is_reset_with_web;
pub use store::{Exchanged, NewFile, Replaced, Store};
pub use subscribe::{Changed, Subscription};
