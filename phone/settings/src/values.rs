//! The values of one layer: one slot for each parameter, empty where the layer says nothing.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, LazyLock};

use offhook_params::{Fault, ParamId};

use crate::layer::Origin;

/// The values that one layer gives, each with its origin.
///
/// Values are checked on their way in, so everything behind may rely on them. Copies share the values.
#[derive(Clone, PartialEq, Eq)]
pub struct LayerValues {
    /// By [`ParamId::index`]; one pointer a slot, so that a sparse layer costs little and is scanned fast.
    slots: Box<[Option<Arc<Value>>]>,
    count: usize,
}

#[derive(PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: Cow<'static, str>,
    pub(crate) origin: Origin,
}

static FACTORY: LazyLock<Arc<LayerValues>> = LazyLock::new(|| {
    let value = |id: ParamId| Value { text: Cow::Borrowed(id.default()), origin: Origin::FACTORY };
    let slots = ParamId::all().map(|id| Some(Arc::new(value(id)))).collect();
    Arc::new(LayerValues { slots, count: ParamId::COUNT })
});

impl LayerValues {
    /// A layer that says nothing.
    pub fn new() -> Self {
        Self { slots: vec![None; ParamId::COUNT].into(), count: 0 }
    }

    /// The factory value of every parameter.
    pub fn factory() -> Arc<Self> {
        Arc::clone(&FACTORY)
    }

    /// Gives `id` a value, in place of the one that it may have here.
    ///
    /// The empty string is a value where the parameter allows it; [`LayerValues::remove`] is what makes a parameter
    /// inherit.
    ///
    /// # Errors
    /// The parameter does not allow the value; the layer stays as it was.
    pub fn set(&mut self, id: ParamId, value: impl Into<Box<str>>, origin: Origin) -> Result<(), Fault> {
        let text = value.into();
        id.family().check(&text)?;
        let value = Value { text: Cow::Owned(text.into_string()), origin };
        self.count += usize::from(self.slots[id.index()].replace(Arc::new(value)).is_none());
        Ok(())
    }

    /// Takes the value of `id` away, so that the layers below decide; whether there was one.
    pub fn remove(&mut self, id: ParamId) -> bool {
        let had = self.slots[id.index()].take().is_some();
        self.count -= usize::from(had);
        had
    }

    /// The value of `id` and its origin, if this layer has one.
    pub fn get(&self, id: ParamId) -> Option<(&str, &Origin)> {
        self.slot(id).map(|v| (&*v.text, &v.origin))
    }

    /// All values in the order of the spec.
    pub fn iter(&self) -> impl Iterator<Item = (ParamId, &str, &Origin)> {
        ParamId::all().zip(&self.slots).filter_map(|(id, slot)| slot.as_ref().map(|v| (id, &*v.text, &v.origin)))
    }

    /// How many parameters have a value here.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether the layer says nothing.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn slot(&self, id: ParamId) -> Option<&Value> {
        self.slots[id.index()].as_deref()
    }

    /// The same with the factory's values in the empty slots.
    pub(crate) fn completed(mut self) -> Self {
        for (slot, factory) in self.slots.iter_mut().zip(&FACTORY.slots) {
            if slot.is_none() {
                slot.clone_from(factory);
            }
        }
        self.count = ParamId::COUNT;
        self
    }
}

impl Default for LayerValues {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for LayerValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(id, value, origin)| (id.name(), (masked(id, value), origin)));
        f.debug_map().entries(shown).finish()
    }
}

/// The value as logs may show it: secrets stay hidden, but whether there is one does not.
pub(crate) fn masked(id: ParamId, value: &str) -> &str {
    match id.family().secret && !value.is_empty() {
        true => "***",
        false => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Method;

    fn id(name: &str) -> ParamId {
        offhook_params::lookup(name).expect("a setting").id
    }

    #[test]
    fn only_checked_values_come_in() {
        let mut layer = LayerValues::new();
        let web = Origin::by(Method::Web);
        layer.set(id("FIRSTDIGIT_TIM"), "30", web.clone()).expect("in range");
        assert!(layer.set(id("FIRSTDIGIT_TIM"), "0", web.clone()).is_err());
        assert!(layer.set(id("FIRSTDIGIT_TIM"), "", web.clone()).is_err());
        assert_eq!(layer.get(id("FIRSTDIGIT_TIM")), Some(("30", &web)));
        assert_eq!(layer.len(), 1);
    }

    #[test]
    fn empty_is_a_value_and_removed_is_none() {
        let mut layer = LayerValues::new();
        let proxy = id("SIP_PRXY_ADDR_1");
        layer.set(proxy, "", Origin::by(Method::Phone)).expect("may be empty");
        assert_eq!(layer.get(proxy).map(|(value, _)| value), Some(""));
        assert!(layer.remove(proxy));
        assert!(!layer.remove(proxy));
        assert_eq!(layer.get(proxy), None);
        assert!(layer.is_empty());
    }

    #[test]
    fn factory_values_pass_their_own_checks() {
        assert_eq!(LayerValues::factory().len(), ParamId::COUNT);
        for (id, value, _) in LayerValues::factory().iter() {
            assert_eq!(id.family().check(value), Ok(()), "{id}");
        }
    }

    #[test]
    fn secrets_stay_out_of_logs() {
        let mut layer = LayerValues::new();
        layer.set(id("ADMIN_PASS"), "correct-horse", Origin::by(Method::Web)).expect("a password");
        let text = format!("{layer:?}");
        assert!(text.contains("ADMIN_PASS") && !text.contains("correct-horse"), "{text}");
    }
}
