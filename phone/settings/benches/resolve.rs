//! How long it takes to find the winner of every setting over six layers; the bound is 200 microseconds.

use criterion::{Criterion, criterion_group, criterion_main};
use offhook_params::ParamId;
use offhook_params::rules::Values;
use offhook_settings::{Layer, LayerValues, Layers, Method, Origin};
use std::hint::black_box;

/// Every layer defines a third of the parameters, each another third, as far as the factory value shows.
fn full_layers() -> Vec<(Layer, LayerValues)> {
    let layers = Layer::ALL[1..].iter().enumerate();
    let fill = |(shift, &layer): (usize, &Layer)| {
        let mut values = LayerValues::new();
        for id in ParamId::all().filter(|id| id.index() % 3 == shift % 3) {
            values.set(id, id.default(), Origin::by(Method::File)).expect("factory values are allowed");
        }
        (layer, values)
    };
    layers.map(fill).collect()
}

fn resolve(c: &mut Criterion) {
    let layers = full_layers();
    let stack = Layers::stacked(layers.clone());
    c.bench_function("resolve six layers", |b| {
        b.iter_batched(|| layers.clone(), Layers::stacked, criterion::BatchSize::SmallInput);
    });
    c.bench_function("resolve six layers and type them", |b| {
        b.iter_batched(|| layers.clone(), |l| Layers::stacked(l).typed(), criterion::BatchSize::SmallInput);
    });
    c.bench_function("read every value", |b| {
        b.iter(|| ParamId::all().map(|id| black_box(stack.value(id)).len()).sum::<usize>());
    });
    c.bench_function("replace a layer", |b| {
        let user = stack.layer(Layer::User);
        b.iter_batched(
            || (stack.clone(), user.clone()),
            |(mut s, u)| s.replace(Layer::User, u),
            criterion::BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, resolve);
criterion_main!(benches);
