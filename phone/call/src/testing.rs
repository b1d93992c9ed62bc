//! What the tests of several modules need.

use offhook_params::{ParamId, Settings, lookup};

/// The typed settings with some values changed from their defaults.
pub(crate) fn settings(changes: &[(&str, &str)]) -> Settings {
    let changes: Vec<_> =
        changes.iter().map(|(name, value)| (lookup(name).expect("a setting").id, (*value).to_owned())).collect();
    struct Changed(Vec<(ParamId, String)>);
    impl offhook_params::rules::Values for Changed {
        fn value(&self, id: ParamId) -> &str {
            self.0.iter().rev().find(|(changed, _)| *changed == id).map_or(id.default(), |(_, value)| value)
        }
    }
    Settings::from_values(&Changed(changes))
}
