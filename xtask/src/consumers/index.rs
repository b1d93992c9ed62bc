//! Every setting with the typed field that it is read through.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use offhook_codegen::Spec;
use syn::{Fields, Item, Type};

/// A setting (a family of parameters) as the typed settings hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// Name with placeholders: `SIP_TIMER_T1_{line}`.
    pub(crate) name: String,
    /// Field of the typed settings, unique over all settings.
    pub(crate) field: String,
    /// Struct that has the field: `LineTimers`.
    pub(crate) holder: String,
    /// Index of its group.
    pub(crate) group: usize,
}

/// A group of settings, as the report shows it and as `--group` finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Identifier and heading.
    pub(crate) names: [String; 2],
    /// Identifier and heading of its category.
    pub(crate) category: [String; 2],
}

/// All settings, and the shape of the structs that hold them.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// In the order of the spec.
    pub(crate) settings: Vec<Setting>,
    /// In the order of the spec.
    pub(crate) groups: Vec<Group>,
    /// Field names by which a struct is reached from the outside: `timers` to `LineTimers`.
    pub(crate) reached_by: BTreeMap<String, BTreeSet<String>>,
    by_field: BTreeMap<String, usize>,
}

impl Index {
    /// The index of a spec; `typed` is the generated source of the typed settings.
    ///
    /// # Errors
    /// When the source is not Rust or lacks the field of a setting: it was generated from another spec.
    pub(crate) fn new(spec: &Spec, typed: &str) -> anyhow::Result<Self> {
        let groups = spec
            .groups
            .iter()
            .map(|group| {
                let category = &spec.categories[group.category];
                Group {
                    names: [group.id.clone(), group.title.clone()],
                    category: [category.id.clone(), category.title.clone()],
                }
            })
            .collect();
        let fields = spec.families.iter().map(|f| (f.pattern.clone(), f.param.field.clone(), f.group));
        Self::of_fields(groups, fields, typed)
    }

    /// The index of (name, field, group) over the source of the typed settings.
    pub(super) fn of_fields(
        groups: Vec<Group>,
        fields: impl Iterator<Item = (String, String, usize)>,
        typed: &str,
    ) -> anyhow::Result<Self> {
        let structs = structs(typed)?;
        let mut index = Self { groups, ..Self::default() };
        let mut holders = BTreeMap::new();
        for (name, fields) in &structs {
            for (field, ty) in fields {
                match ty.as_ref().filter(|ty| structs.contains_key(*ty)) {
                    Some(ty) => drop(index.reached_by.entry(field.clone()).or_default().insert(ty.clone())),
                    None => drop(holders.insert(field.clone(), name.clone())),
                }
            }
        }
        for (name, field, group) in fields {
            let Some(holder) = holders.get(&field).cloned() else {
                bail!("the typed settings have no field `{field}` for {name}; run `cargo xtask gen`");
            };
            index.by_field.insert(field.clone(), index.settings.len());
            index.settings.push(Setting { name, field, holder, group });
        }
        Ok(index)
    }

    /// The setting that a field belongs to.
    pub(crate) fn by_field(&self, field: &str) -> Option<usize> {
        self.by_field.get(field).copied()
    }

    /// Whether a struct holds settings.
    pub(crate) fn is_holder(&self, name: &str) -> bool {
        self.reached_by.values().any(|structs| structs.contains(name))
    }

    /// The groups that a name means: identifier or heading of a group or category, in any case; `None` means all.
    ///
    /// # Errors
    /// When no group has the name; the message lists the names.
    pub(crate) fn select(&self, name: Option<&str>) -> Result<BTreeSet<usize>, String> {
        let Some(name) = name else { return Ok((0..self.groups.len()).collect()) };
        let is = |known: &String| known.to_lowercase() == name.trim().to_lowercase();
        let found: BTreeSet<_> = (0..self.groups.len())
            .filter(|&g| self.groups[g].names.iter().chain(&self.groups[g].category).any(is))
            .collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let mut message = format!("there is no category or group \"{name}\"; there are");
        let mut category = None;
        for group in &self.groups {
            let [_, title] = &group.category;
            let [id, heading] = &group.names;
            if category.replace(title) != Some(title) {
                message.push_str(&format!("\n  {title}"));
            }
            message.push_str(&format!("\n    {id} ({heading})"));
        }
        Err(message)
    }
}

/// The fields of each struct, by its name; the type of a field where the source itself declares it.
type Structs = BTreeMap<String, Vec<(String, Option<String>)>>;

/// The structs of a source. The type of an array is that of its elements; `choices::TimeZone` is declared elsewhere.
fn structs(source: &str) -> anyhow::Result<Structs> {
    let file = syn::parse_file(source).context("the typed settings are not Rust")?;
    let mut out = BTreeMap::new();
    for item in file.items {
        if let Item::Struct(item) = item
            && let Fields::Named(fields) = item.fields
        {
            let fields = fields.named.iter().filter_map(|f| Some((f.ident.as_ref()?.to_string(), local_name(&f.ty))));
            out.insert(item.ident.to_string(), fields.collect());
        }
    }
    Ok(out)
}

fn local_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Array(array) => local_name(&array.elem),
        Type::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}
