//! What the tests of the parts of a line share.

use offhook_params::types::Macros;
use offhook_params::{ParamId, Settings, lookup};

use super::Config;

/// The configuration of line 1, with some settings changed.
pub(super) fn config(changes: &[(&str, &'static str)]) -> Config {
    let base = [("PHONE_NUMBER_1", "2001"), ("SIP_RGSTR_ADDR_1", "192.0.2.10")];
    let changes: Vec<_> = base.iter().chain(changes).map(|(name, value)| (lookup(name).unwrap().id, *value)).collect();
    let settings = Settings::from_values(&|id: ParamId| {
        changes.iter().rev().find(|(changed, _)| *changed == id).map_or(id.default(), |(_, value)| *value)
    });
    let macros = Macros { mac: [0, 0x80, 0xf0, 0xab, 0xcd, 0xef], model: "KX-UT670", firmware: "01.221" };
    Config::of_line(&settings, 0, &macros).unwrap()
}
