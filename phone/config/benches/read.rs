//! How fast full files are read, checked and typed.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use offhook_config::lint::{File, Role, unit};
use offhook_config::{Format, Purpose, Reading, WriteOptions, read_as, write};
use offhook_params::rules::Values;
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

/// Every setting of files with its factory value, and nothing else.
fn dense(format: Format) -> String {
    let values = ParamId::all().filter(|id| id.family().file).map(|id| (id, id.default()));
    write(format, values, &WriteOptions { headings: false, intro: "" }).expect("factory values can be written")
}

/// What a file gives, factory values below.
struct Given<'a>([Option<&'a str>; ParamId::COUNT]);

impl Values for Given<'_> {
    fn value(&self, id: ParamId) -> &str {
        self.0[id.index()].unwrap_or(id.default())
    }
}

fn typed(reading: &Reading<'_>) -> Settings {
    let mut given = Given([None; ParamId::COUNT]);
    for entry in &reading.entries {
        given.0[entry.id.index()] = Some(&*entry.value);
    }
    Settings::from_values(&given)
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
                    black_box(typed(&reading));
                });
            });
        }
        group.finish();
    }
}

fn lint(c: &mut Criterion) {
    let text = dense(Format::Plain);
    let reading = read_as(text.as_bytes(), Format::Plain, Purpose::File);
    let file = File { role: Role::Standard, size: text.len(), reading: &reading };
    c.bench_function("lint one unit", |b| b.iter(|| unit(black_box(&[file]))));
}

criterion_group!(benches, read, lint);
criterion_main!(benches);
