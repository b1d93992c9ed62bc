//! Resets of the user layer: what was set on the web page, and the logins.

use offhook_params::{ParamId, lookup};
use offhook_settings::{ChangeSet, Layer, Method, Origin};

use crate::error::StoreError;
use crate::store::Store;

/// IDs and passwords of both accounts.
const LOGINS: [&str; 4] = ["ADMIN_ID", "ADMIN_PASS", "USER_ID", "USER_PASS"];

/// Whether Reset Web Settings takes a value of the user layer back: all that the page can set, whoever set it, and what
/// came in a file that was imported there. What only the phone can set stays (guide rules 232 and 234).
pub fn is_reset_with_web(id: ParamId, origin: &Origin) -> bool {
    id.family().web.is_some() || origin.method != Method::Phone
}

impl Store {
    /// Takes back what was set on the web page: the unit is as after its last provisioning (guide rule 232).
    ///
    /// # Errors
    /// It could not be kept; then nothing has changed, here and on the disk.
    pub fn reset_web(&self) -> Result<ChangeSet, StoreError> {
        self.reset(is_reset_with_web)
    }

    /// Gives both accounts of the web page their factory IDs and passwords (guide rule 239), whatever files say: whoever
    /// resets them stands before the unit and has to get in. Reset Web Settings gives files their say again.
    ///
    /// # Errors
    /// It could not be kept; then nothing has changed, here and on the disk.
    pub fn reset_logins(&self) -> Result<ChangeSet, StoreError> {
        self.rewrite(|layers, user| {
            for name in LOGINS {
                let id = lookup(name).expect("accounts are in the spec").id;
                user.remove(id);
                if layers.inherited(id, Layer::User).value != id.default() {
                    let set = user.set(id, id.default(), Origin::by(Method::Phone));
                    set.expect("a factory value is allowed");
                }
            }
        })
    }
}
