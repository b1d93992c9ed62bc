//! The laws of precedence, for any values in any layers.

use std::collections::BTreeMap;

use offhook_params::rules::Values;
use offhook_params::{FAMILIES, ParamId, Priority};
use offhook_settings::{ChangeSet, Layer, LayerValues, Layers, Method, Origin};
use proptest::prelude::*;

/// Parameters of several kinds, with values that each of them allows.
const POOL: [(&str, [&str; 4]); 6] = [
    ("FIRSTDIGIT_TIM", ["1", "30", "599", "600"]),
    ("SIP_PRXY_ADDR_1", ["", "192.0.2.1", "proxy.example", "3cx"]),
    ("SIP_PRXY_ADDR_6", ["", "192.0.2.6", "proxy.example", "3cx"]),
    ("DISPLAY_NAME_2", ["", "a", "b", "c"]),
    ("CFG_RESYNC_TIME", ["", "00:00", "12:30", "23:59"]),
    ("FLEX_BUTTON_LABEL7", ["", "one", "two", "three"]),
];

type Model = BTreeMap<(Layer, usize), usize>;

fn param(place: usize) -> ParamId {
    offhook_params::lookup(POOL[place].0).expect("a setting").id
}

fn layer_values(model: &Model, layer: Layer) -> LayerValues {
    let mut values = LayerValues::new();
    for ((_, place), choice) in model.iter().filter(|((l, _), _)| *l == layer) {
        let origin =
            Origin { method: Method::File, source: Some(layer.as_str().into()), line: Some(*place as u32 + 1) };
        values.set(param(*place), POOL[*place].1[*choice], origin).expect("an allowed value");
    }
    values
}

fn stacked(model: &Model) -> Layers {
    Layers::stacked(Layer::ALL[1..].iter().map(|&layer| (layer, layer_values(model, layer))))
}

fn models() -> impl Strategy<Value = Model> {
    let slot = (proptest::sample::select(Layer::ALL[1..].to_vec()), 0..POOL.len());
    proptest::collection::btree_map(slot, 0..4_usize, 0..20)
}

/// What the guide says, in other words than the crate's: the highest layer, but for settings whose file wins.
fn expected(model: &Model, place: usize) -> (Layer, String) {
    let rank = |layer: Layer| match (param(place).family().priority, layer) {
        (Some(Priority::FileOverUser), Layer::User) => 1,
        (_, layer) => 2 * Layer::ALL.iter().position(|l| *l == layer).expect("one of all"),
    };
    let defined = model.iter().filter(|((_, p), _)| *p == place);
    let best = defined.max_by_key(|((layer, _), _)| rank(*layer));
    match best {
        Some(((layer, _), choice)) => (*layer, POOL[place].1[*choice].to_owned()),
        None => (Layer::Factory, param(place).default().to_owned()),
    }
}

proptest! {
    #[test]
    fn the_highest_layer_wins(model in models()) {
        let layers = stacked(&model);
        for place in 0..POOL.len() {
            let effective = layers.effective(param(place));
            prop_assert_eq!((effective.layer, effective.value.to_owned()), expected(&model, place));
        }
    }

    #[test]
    fn definitions_are_complete_and_ordered(model in models()) {
        let layers = stacked(&model);
        for place in 0..POOL.len() {
            let id = param(place);
            let definitions: Vec<_> = layers.definitions(id).collect();
            prop_assert_eq!(definitions.len(), 1 + model.keys().filter(|(_, p)| *p == place).count());
            prop_assert_eq!(definitions[0], layers.effective(id));
            for definition in &definitions {
                prop_assert_eq!(Some((definition.value, definition.origin)), layers.layer(definition.layer).get(id));
                let inherited = definitions.iter().find(|d| d.layer != definition.layer);
                prop_assert_eq!(layers.inherited(id, definition.layer), *inherited.unwrap_or(&definitions[0]));
            }
            let ranks: Vec<_> = definitions.iter().map(|d| Layer::precedence(id).iter().position(|l| *l == d.layer)).collect();
            prop_assert!(ranks.is_sorted());
        }
    }

    #[test]
    fn the_order_of_filling_has_no_meaning(model in models(), order in Just(Layer::ALL[1..].to_vec()).prop_shuffle()) {
        let mut layers = Layers::factory();
        for layer in order {
            layers.replace(layer, layer_values(&model, layer));
        }
        prop_assert_eq!(ChangeSet::between(&layers, &stacked(&model)), ChangeSet::default());
    }

    #[test]
    fn a_change_set_is_what_differs(before in models(), after in models(), layer in 1..Layer::COUNT) {
        let layer = Layer::ALL[layer];
        let mut layers = stacked(&before);
        let old = layers.clone();
        let changes = layers.replace(layer, layer_values(&after, layer));
        for id in ParamId::all() {
            match changes.get(id) {
                Some(change) => {
                    prop_assert_ne!(&change.before, &change.after);
                    prop_assert_eq!((&*change.before, &*change.after), (old.value(id), layers.value(id)));
                }
                None => prop_assert_eq!(old.value(id), layers.value(id)),
            }
        }
        prop_assert!(changes.params().collect::<Vec<_>>().is_sorted());
        prop_assert_eq!(changes.by_group().map(|(_, run)| run.len()).sum::<usize>(), changes.len());
    }

    #[test]
    fn changes_join(a in models(), b in models(), c in models()) {
        let [a, b, c] = [a, b, c].map(|model| stacked(&model));
        let joined = ChangeSet::between(&a, &b).then(ChangeSet::between(&b, &c));
        prop_assert_eq!(joined, ChangeSet::between(&a, &c));
    }

    #[test]
    fn taking_a_value_away_inherits(model in models(), place in 0..POOL.len()) {
        let mut layers = stacked(&model);
        let id = param(place);
        let inherited = layers.inherited(id, Layer::User).value.to_owned();
        let mut user = layers.layer(Layer::User).clone();
        user.remove(id);
        layers.replace(Layer::User, user);
        prop_assert_eq!(layers.value(id), inherited);
    }
}

#[test]
fn flexible_buttons_of_a_file_beat_the_user() {
    let label = offhook_params::lookup("FLEX_BUTTON_LABEL7").expect("a setting").id;
    assert_eq!(label.family().priority, Some(Priority::FileOverUser));
    let one = |value: &str, origin| {
        let mut values = LayerValues::new();
        values.set(label, value, origin).expect("a label");
        values
    };
    let mut layers = Layers::stacked([(Layer::User, one("mine", Origin::by(Method::Phone)))]);
    assert_eq!(layers.effective(label).value, "mine");
    assert_eq!(layers.overrides_user(label), None);

    let changes = layers.replace(Layer::Master, one("theirs", Origin::file("master.cfg".into(), 3)));
    assert_eq!((changes.len(), &*changes.changes[0].before, &*changes.changes[0].after), (1, "mine", "theirs"));
    let winner = layers.overrides_user(label).expect("the file beats the user");
    assert_eq!((winner.layer, winner.origin.to_string()), (Layer::Master, "master.cfg, line 3".to_owned()));
}

#[test]
fn an_emptied_factory_layer_is_filled_from_the_table() {
    let mut layers = Layers::factory();
    let mut dealer = LayerValues::new();
    let first_digit = offhook_params::lookup("FIRSTDIGIT_TIM").expect("a setting").id;
    dealer.set(first_digit, "20", Origin::FACTORY).expect("in range");
    let changes = layers.replace(Layer::Factory, dealer);
    assert_eq!(changes.params().collect::<Vec<_>>(), [first_digit]);
    assert_eq!(layers.layer(Layer::Factory).len(), ParamId::COUNT);
}

#[test]
fn change_sets_know_what_they_touch() {
    let one = |name: &str, value: &str| {
        let mut values = LayerValues::new();
        values
            .set(offhook_params::lookup(name).expect("a setting").id, value, Origin::by(Method::Web))
            .expect("allowed");
        Layers::factory().replace(Layer::User, values)
    };
    assert_eq!(ChangeSet::default().applies(), None);
    assert_eq!(ChangeSet::default().lines(), Vec::<u16>::new());
    let changes = one("SIP_PRXY_ADDR_3", "proxy.example");
    assert_eq!(changes.lines(), [3]);
    assert_eq!(changes.applies(), Some(changes.changes[0].id.family().applies));
    let (group, _) = changes.by_group().next().expect("one group");
    assert!(changes.touches(offhook_params::CATEGORIES[usize::from(group.category)].id, group.id));
    assert!(!changes.touches("no", group.id));
}

#[test]
fn factory_settings_are_typed() {
    assert!(!FAMILIES.is_empty());
    let layers = Layers::factory();
    let typed = layers.typed();
    let again = Layers::stacked([]).typed();
    assert_eq!(format!("{typed:?}"), format!("{again:?}"));
}
