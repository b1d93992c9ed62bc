//! How fast full files are read, checked and typed.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use offhook_config::{Format, Purpose, WriteOptions, read_as, write};
use offhook_params::{ParamId, Settings};

/// Every setting of files with its factory value, padded with comments to the size limit of the format.
fn full(format: Format) -> String {
    let values = ParamId::all().filter(|id| id.family().file).map(|id| (id, id.default()));
    let mut text = write(format, values, &WriteOptions::default()).expect("factory values can be written");
    let limit = Purpose::File.limit(format);
    let line = "-".repeat(58);
    let comment = match format {
        Format::Plain => format!("# {line}\r\n"),
        Format::Xml => format!("<!-- {} -->\n", "=".repeat(58)),
    };
    while text.len() + comment.len() <= limit {
        text.push_str(&comment);
    }
    text
}

/// Every setting as often as the limit allows: no comments, and all but the first of each a duplicate.
fn dense(format: Format) -> String {
    let values = ParamId::all().filter(|id| id.family().file).map(|id| (id, id.default()));
    write(format, values, &WriteOptions { headings: false, intro: "" }).expect("factory values can be written")
}

fn read(c: &mut Criterion) {
    for (name, format) in [("plain", Format::Plain), ("xml", Format::Xml)] {
        let mut group = c.benchmark_group(name);
        for (what, text) in [("full", full(format)), ("dense", dense(format))] {
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(format!("{what}: read and check"), |b| {
                b.iter(|| read_as(black_box(text.as_bytes()), format, Purpose::File));
            });
            group.bench_function(format!("{what}: read, check and type"), |b| {
                b.iter(|| {
                    let reading = read_as(black_box(text.as_bytes()), format, Purpose::File);
                    let mut values = [None; ParamId::COUNT];
                    for entry in &reading.entries {
                        values[entry.id.index()] = Some(&*entry.value);
                    }
                    let value = |id: ParamId| values[id.index()].unwrap_or(id.default());
                    black_box(Settings::from_values(&value));
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, read);
criterion_main!(benches);
