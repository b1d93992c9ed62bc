//! The modules of a crate that are built into it, tests excepted.

use std::path::{Path, PathBuf};

use anyhow::Context;
use syn::{Attribute, Item, Meta};

/// A parsed source file.
pub(crate) struct Source {
    /// Where it was read.
    pub(crate) path: PathBuf,
    /// What it holds.
    pub(crate) file: syn::File,
}

/// The file and every module file that it declares, read with `read`. Test modules and generated ones are left out.
///
/// # Errors
/// When a file cannot be read or is not Rust.
pub(crate) fn load(root: &Path, read: &impl Fn(&Path) -> anyhow::Result<String>) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    // A crate's root has its modules beside it, whatever its name.
    let mut pending = vec![(root.to_path_buf(), root.parent().unwrap_or(Path::new("")).to_path_buf())];
    while let Some((path, folder)) = pending.pop() {
        let file = syn::parse_file(&read(&path)?).with_context(|| format!("{} is not Rust", path.display()))?;
        declared(&file.items, &path, &folder, read, &mut pending);
        sources.push(Source { path, file });
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// Collects the module files (with the folder of their own modules) that items declare.
fn declared(
    items: &[Item],
    path: &Path,
    folder: &Path,
    read: &impl Fn(&Path) -> anyhow::Result<String>,
    out: &mut Vec<(PathBuf, PathBuf)>,
) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        let name = module.ident.to_string();
        let name = name.trim_start_matches("r#");
        if is_test(&module.attrs) || name == "generated" {
            continue;
        }
        let below = folder.join(name);
        match (&module.content, path_attribute(&module.attrs)) {
            (Some((_, items)), _) => declared(items, path, &below, read, out),
            (None, Some(given)) => {
                let file = path.parent().unwrap_or(Path::new("")).join(given);
                let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
                out.push((file, folder));
            }
            (None, None) => {
                let flat = folder.join(format!("{name}.rs"));
                let file = if read(&flat).is_ok() { flat } else { below.join("mod.rs") };
                out.push((file, below));
            }
        }
    }
}

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Whether an item exists in tests only.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        path.segments.last().is_some_and(|s| s.ident == "test")
            || (path.is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|meta| needs_test(&meta)))
    })
}

/// Whether a `cfg` condition can hold in tests only.
fn needs_test(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::NameValue(_) => false,
        Meta::List(list) => {
            let parser = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
            let Ok(conditions) = list.parse_args_with(parser) else { return false };
            (list.path.is_ident("all") && conditions.iter().any(needs_test))
                || (list.path.is_ident("any") && !conditions.is_empty() && conditions.iter().all(needs_test))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_tree_leaves_tests_out() {
        let files = [
            (
                "src/lib.rs",
                "mod a; mod b { mod c; } #[cfg(test)] mod tests; #[path = \"odd.rs\"] mod d; mod generated;",
            ),
            ("src/a.rs", "mod inner;"),
            ("src/a/inner.rs", ""),
            ("src/b/c/mod.rs", "#[cfg(all(test, unix))] mod e; #[cfg(not(test))] mod f;"),
            ("src/b/c/f.rs", ""),
            ("src/odd.rs", ""),
        ];
        let read = |path: &Path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned()).with_context(|| format!("no {}", path.display()))
        };
        let sources = load(Path::new("src/lib.rs"), &read).expect("all files are there");
        let found: Vec<_> = sources.iter().map(|s| s.path.to_str().expect("plain names")).collect();
        let all = ["src/a/inner.rs", "src/a.rs", "src/b/c/f.rs", "src/b/c/mod.rs", "src/lib.rs", "src/odd.rs"];
        assert_eq!(found, all);
    }
}
