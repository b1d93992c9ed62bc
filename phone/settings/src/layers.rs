//! The stack of layers: the value that counts, what it shadows, and what replacing a layer changes.

use std::sync::Arc;

use offhook_params::rules::Values;
use offhook_params::{ParamId, Settings};

use crate::change::ChangeSet;
use crate::layer::{Layer, Origin};
use crate::values::{LayerValues, Value};

/// The value of a parameter in one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effective<'a> {
    /// The value, as a file has it.
    pub value: &'a str,
    /// The layer that gives it.
    pub layer: Layer,
    /// Where that layer has it from.
    pub origin: &'a Origin,
}

/// All layers; a copy shares them, so that a snapshot costs a few pointers.
#[derive(Debug, Clone)]
pub struct Layers {
    layers: [Arc<LayerValues>; Layer::COUNT],
    /// The layer that wins, by [`ParamId::index`].
    winners: Arc<[Layer]>,
}

impl Layers {
    /// Factory values and nothing above them.
    pub fn factory() -> Self {
        let empty = Arc::new(LayerValues::new());
        let layers = std::array::from_fn(|_| Arc::clone(&empty));
        let mut stack = Self { layers, winners: Arc::new([]) };
        stack.layers[Layer::Factory.index()] = LayerValues::factory();
        stack.resolve();
        stack
    }

    /// Factory values and these layers above them: one resolution for all, where [`Layers::replace`] makes one each.
    pub fn stacked(layers: impl IntoIterator<Item = (Layer, LayerValues)>) -> Self {
        let mut stack = Self::factory();
        for (layer, values) in layers {
            stack.put(layer, values);
        }
        stack.resolve();
        stack
    }

    /// Puts `values` in place of the whole layer and says what that changes in effect.
    ///
    /// The factory layer always has every parameter: those that `values` lacks get the table's factory value.
    pub fn replace(&mut self, layer: Layer, values: LayerValues) -> ChangeSet {
        let before = self.clone();
        self.put(layer, values);
        self.resolve();
        ChangeSet::between(&before, self)
    }

    /// One layer as it is.
    pub fn layer(&self, layer: Layer) -> &LayerValues {
        &self.layers[layer.index()]
    }

    /// The value that counts.
    pub fn effective(&self, id: ParamId) -> Effective<'_> {
        let layer = self.winners[id.index()];
        let value = self.layer(layer).slot(id).expect("the winner was found by its value");
        effective(layer, value)
    }

    /// What all layers that define `id` say: the one that counts first, then what it shadows, in order.
    pub fn definitions(&self, id: ParamId) -> impl Iterator<Item = Effective<'_>> {
        let layers = Layer::precedence(id).iter();
        layers.filter_map(move |&layer| self.layer(layer).slot(id).map(|value| effective(layer, value)))
    }

    /// The value that would count if `layer` did not define `id`: what "back to inherited" leads to.
    ///
    /// The factory layer always defines it.
    pub fn inherited(&self, id: ParamId, layer: Layer) -> Effective<'_> {
        self.definitions(id).find(|d| d.layer != layer).unwrap_or_else(|| self.effective(id))
    }

    /// The definition that keeps a value of the user layer from counting, if there is one (guide rule 47).
    pub fn overrides_user(&self, id: ParamId) -> Option<Effective<'_>> {
        let above = Layer::precedence(id).iter().take_while(|l| **l != Layer::User);
        above.filter_map(|&layer| self.layer(layer).slot(id).map(|value| effective(layer, value))).next()
    }

    /// The values that count, typed.
    pub fn typed(&self) -> Settings {
        Settings::from_values(self)
    }

    fn put(&mut self, layer: Layer, values: LayerValues) {
        let values = if layer == Layer::Factory { values.completed() } else { values };
        self.layers[layer.index()] = Arc::new(values);
    }

    fn resolve(&mut self) {
        let winner = |id: ParamId| {
            let order = Layer::precedence(id).iter().copied();
            order.into_iter().find(|layer| self.layer(*layer).slot(id).is_some()).unwrap_or(Layer::Factory)
        };
        self.winners = ParamId::all().map(winner).collect();
    }
}

impl Values for Layers {
    fn value(&self, id: ParamId) -> &str {
        self.effective(id).value
    }
}

impl Default for Layers {
    fn default() -> Self {
        Self::factory()
    }
}

fn effective(layer: Layer, value: &Value) -> Effective<'_> {
    Effective { value: &value.text, layer, origin: &value.origin }
}
