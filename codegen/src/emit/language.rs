//! The language table of the web page: catalogues, the page's own words as constants, and the message of each text of
//! the spec that users see.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::{rust, table};
use crate::Artifact;
use crate::model::Type;
use crate::resolve::{Family, Page, Spec};
use crate::words::{Own, Words, ids, is_shown, page_is_shown, words_of_values};

/// The folder from which `include_str!` starts, seen from the root of the repository.
const FOLDER: &str = "web/src/language/generated";

/// The table; none where the spec has no languages.
pub(super) fn language(spec: &Spec) -> Option<Artifact> {
    let family = spec.families.iter().find(|f| f.name == crate::words::LANGUAGE_SETTING)?;
    let words = &spec.words;
    if words.languages.is_empty() {
        return None;
    }
    let language = Ident::new(&table::enum_name(family), Span::call_site());
    let catalogues = words.languages.iter().map(|l| {
        let variant = Ident::new(&l.variant, Span::call_site());
        let file = |tag: &str| {
            let path = format!("{}spec/words/{tag}.ftl", "../".repeat(FOLDER.split('/').count()));
            quote!(include_str!(#path))
        };
        let texts = l.overlay.then(|| file(crate::words::SOURCE)).into_iter().chain([file(&l.tag)]);
        let tag = &l.tag;
        quote!(Catalogue { language: #language::#variant, tag: #tag, texts: &[#(#texts),*] })
    });
    let tabs = pairs(words, spec.tabs.iter().map(|t| (t.id.clone(), ids::tab(&t.id))));
    let pages = spec.pages.iter().filter(|p| page_is_shown(spec, p)).map(|p| page(spec, p));
    let families = spec.families.iter().enumerate().filter(|(_, f)| is_shown(f)).map(|(i, f)| {
        let (index, words) = (Literal::usize_unsuffixed(i), self::family(words, f));
        quote!((#index, #words))
    });
    let status = spec.status.iter().filter(|row| words.has(&ids::status_help(&row.id))).map(|row| {
        let id = &row.id;
        let (label, help) = (message(words, ids::status(id)), message(words, ids::status_help(id)));
        let values = pairs(words, row.model.values.iter().map(|value| (value.clone(), ids::value(value))));
        quote!(StatusWords { row: #id, label: #label, help: #help, values: #values })
    });
    let rules = pairs(words, spec.rules.iter().map(|r| (r.id.clone(), ids::rule(&r.id))));
    let dimensions = pairs(words, spec.dimensions.iter().map(|d| (d.id.clone(), ids::dimension(&d.id))));
    let own = words.own.iter().map(constant);
    let needed = words.needed.iter().map(|n| (&n.id, &n.args));
    let all = needed.chain(words.own.iter().map(|o| (&o.id, &o.args))).map(|(id, args)| {
        let args = args.iter();
        quote!((#id, &[#(#args),*]))
    });
    let tokens = quote! {
        //! The languages, the page's own words, and which message stands for which text of the spec.

        use offhook_params::choices::#language;

        use super::tables::{Catalogue, FamilyWords, PageWords, StatusWords};

        /// The catalogues of each language, the later ones over the earlier ones.
        pub(super) static CATALOGUES: &[Catalogue] = &[#(#catalogues),*];
        /// Messages of tabs.
        pub(super) static TABS: &[(&str, &str)] = #tabs;
        /// Messages of the pages that users see.
        pub(super) static PAGES: &[PageWords] = &[#(#pages),*];
        /// Messages of the families that users see, by index.
        pub(super) static FAMILIES: &[(u16, FamilyWords)] = &[#(#families),*];
        /// Messages of status rows.
        pub(super) static STATUS: &[StatusWords] = &[#(#status),*];
        /// Messages of the rules that users can break.
        pub(super) static RULES: &[(&str, &str)] = #rules;
        /// Messages for one of a dimension.
        pub(super) static DIMENSIONS: &[(&str, &str)] = #dimensions;
        /// Every message with its arguments.
        #[cfg(test)]
        pub(super) static ALL: &[(&str, &[&str])] = &[#(#all),*];

        /// The page's own words, with their English text.
        pub mod own {
            use super::super::Message;

            #(#own)*
        }
    };
    Some(rust(&format!("{FOLDER}/mod.rs"), tokens))
}

fn page(spec: &Spec, page: &Page) -> TokenStream {
    let words = &spec.words;
    let (tab, id, sections) = (&spec.tabs[page.tab].id, &page.id, &page.model.sections);
    let (title, about) = (message(words, ids::page(tab, id)), message(words, ids::about(tab, id)));
    let titles = pairs(words, sections.iter().map(|section| (section.clone(), ids::section(tab, id, section))));
    let mut rows: Vec<(&String, &String)> = Vec::new();
    for (section, fields) in sections.iter().zip(&page.fields) {
        for row in fields.iter().filter_map(|f| spec.families[*f].param.web.as_ref()?.row.as_ref()) {
            if !rows.contains(&(section, row)) {
                rows.push((section, row));
            }
        }
    }
    let rows = rows.into_iter().filter_map(|(section, row)| {
        let message = ids::row(tab, id, section, row);
        words.has(&message).then(|| quote!((#section, #row, #message)))
    });
    quote!(PageWords {
        tab: #tab, page: #id, title: #title, about: #about, sections: #titles, rows: &[#(#rows),*],
    })
}

fn family(words: &Words, family: &Family) -> TokenStream {
    let name = &family.name;
    let (label, help) = (message(words, ids::label(name)), message(words, ids::help(name)));
    let values = pairs(
        words,
        words_of_values(family).into_iter().map(|(value, _)| {
            let id = ids::choice(name, &value);
            (value, id)
        }),
    );
    let meanings = match &family.param.ty {
        Type::Integer(integer) => integer.meaning.keys().cloned().collect(),
        _ => Vec::new(),
    };
    let meanings = meanings.iter().filter_map(|number| {
        let (message, number) = (ids::meaning(name, number), number.parse().ok().map(Literal::i64_unsuffixed)?);
        words.has(&message).then(|| quote!((#number, #message)))
    });
    let unit = family.param.unit.map_or(quote!(None), |unit| message(words, ids::unit(super::unit(unit))));
    quote!(FamilyWords { label: #label, help: #help, values: #values, meanings: &[#(#meanings),*], unit: #unit })
}

/// A message that may be none: a text without letters is the same everywhere.
fn message(words: &Words, id: String) -> TokenStream {
    if words.has(&id) { quote!(Some(#id)) } else { quote!(None) }
}

/// What has a message, with the message.
fn pairs(words: &Words, pairs: impl Iterator<Item = (String, String)>) -> TokenStream {
    let pairs = pairs.filter(|(_, id)| words.has(id)).map(|(key, id)| quote!((#key, #id)));
    quote!(&[#(#pairs),*])
}

fn constant(own: &Own) -> TokenStream {
    let name = Ident::new(&own.id.to_ascii_uppercase().replace('-', "_"), Span::call_site());
    let (id, args, doc) = (&own.id, own.args.iter(), format!(" `{}`", own.english));
    let count = Literal::usize_unsuffixed(own.args.len());
    quote! {
        #[doc = #doc]
        pub const #name: Message<#count> = Message { id: #id, args: [#(#args),*] };
    }
}
