//! The typed settings: plain nested structs, an enum for each choice, and their construction from checked values.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::table::enum_name;
use super::{camel, named, snake};
use crate::model::{NamedChoice, Type, Unit};
use crate::resolve::{Family, Spec};
use crate::value;

/// `generated/settings.rs`.
pub(super) fn settings(spec: &Spec) -> TokenStream {
    let structs = Structs::collect(spec);
    let root = structs.scope(&[]);
    let scopes = structs.by_scope.keys().map(|scope| structs.scope_struct(scope));
    let groups = structs.by_scope.iter().flat_map(|(scope, groups)| {
        groups.iter().map(|(group, families)| structs.group_struct(scope, *group, families)).collect::<Vec<_>>()
    });
    quote! {
        //! The typed settings, as the rest of the phone reads them: a field access is a read.

        use std::net::Ipv4Addr;
        use std::time::Duration;

        use super::choices;
        use crate::id::ParamId;
        use crate::rules::Values;
        use crate::types::*;

        #(#scopes)*
        impl #root {
            /// Typed settings of checked values.
            pub fn from_values(values: &impl Values) -> Self {
                Self::read(values)
            }
        }
        #(#groups)*

        fn value(values: &impl Values, index: usize) -> &str {
            values.value(ParamId::new(index as u16))
        }

        fn unless_empty<T>(value: &str, read: fn(&str) -> T) -> Option<T> {
            if value.is_empty() { None } else { Some(read(value)) }
        }

        fn unless<T>(value: &str, none: i64, one: fn(&str) -> T) -> Option<T> {
            if read::i64(value) == none { None } else { Some(one(value)) }
        }
    }
}

/// `generated/choices.rs`: an enum for each choice.
pub(super) fn choices(spec: &Spec) -> TokenStream {
    let enums = spec.families.iter().filter_map(|f| match &f.param.ty {
        Type::Choice(choices) => named(choices).map(|choices| choice_enum(f, &choices)),
        _ => None,
    });
    quote! {
        //! An enum for each parameter that takes one of a few words or codes.

        #(#enums)*
    }
}

/// A scope is the list of dimensions (outermost first) over which its parameters repeat.
type Scope = Vec<usize>;

struct Structs<'a> {
    spec: &'a Spec,
    by_scope: BTreeMap<Scope, BTreeMap<usize, Vec<&'a Family>>>,
}

impl<'a> Structs<'a> {
    fn collect(spec: &'a Spec) -> Self {
        let mut by_scope: BTreeMap<Scope, BTreeMap<usize, Vec<&Family>>> = BTreeMap::new();
        by_scope.entry(Vec::new()).or_default();
        for family in &spec.families {
            let mut scope = family.per.clone();
            scope.sort_unstable();
            // A scope within a scope needs its outer struct even where that has no groups of its own.
            for outer in 1..scope.len() {
                by_scope.entry(scope[..outer].to_vec()).or_default();
            }
            by_scope.entry(scope).or_default().entry(family.group).or_default().push(family);
        }
        Self { spec, by_scope }
    }

    fn scope(&self, scope: &[usize]) -> Ident {
        match scope {
            [] => ident("Settings"),
            _ => ident(&scope.iter().map(|d| camel(&self.spec.dimensions[*d].model.title)).collect::<String>()),
        }
    }

    fn group(&self, scope: &[usize], group: usize) -> Ident {
        let prefix = if scope.is_empty() { String::new() } else { self.scope(scope).to_string() };
        ident(&format!("{prefix}{}", camel(&self.spec.groups[group].id)))
    }

    /// The numbers at hand in a scope, as parameters of `read`: `line: usize`.
    fn indices(&self, scope: &[usize]) -> Vec<Ident> {
        scope.iter().map(|d| ident(&self.spec.dimensions[*d].id)).collect()
    }

    fn scope_struct(&self, scope: &Scope) -> TokenStream {
        let name = self.scope(scope);
        let at = self.indices(scope);
        let mut fields = Vec::new();
        let mut reads = Vec::new();
        for group in self.by_scope.get(scope).into_iter().flat_map(BTreeMap::keys) {
            let field = ident(&snake(&self.spec.groups[*group].id));
            let ty = self.group(scope, *group);
            let doc = rustdoc(&self.spec.groups[*group].doc);
            fields.push(quote!(#[doc = #doc] pub #field: #ty));
            reads.push(quote!(#field: #ty::read(values, #(#at),*)));
        }
        for inner in self.by_scope.keys().filter(|s| s.len() == scope.len() + 1 && s.starts_with(scope)) {
            let dimension = &self.spec.dimensions[inner[inner.len() - 1]];
            let (field, index, ty) = (ident(&dimension.model.plural), ident(&dimension.id), self.scope(inner));
            let count = Literal::usize_unsuffixed(dimension.model.numbers.len());
            let numbers = dimension.model.numbers.iter().map(u16::to_string).collect::<Vec<_>>();
            let doc = match numbers.as_slice() {
                [first, .., last] => format!(" One for each {}, {first} to {last}, in order.", dimension.id),
                _ => format!(" One for each {}.", dimension.id),
            };
            fields.push(quote!(#[doc = #doc] pub #field: [#ty; #count]));
            reads.push(quote!(#field: std::array::from_fn(|#index| #ty::read(values, #(#at,)* #index))));
        }
        let doc = match scope.last() {
            None => " All settings of the unit.".to_owned(),
            Some(d) => format!(" The settings of one {}.", self.spec.dimensions[*d].id),
        };
        quote! {
            #[doc = #doc]
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct #name { #(#fields),* }
            impl #name {
                fn read(values: &impl Values, #(#at: usize),*) -> Self {
                    Self { #(#reads),* }
                }
            }
        }
    }

    fn group_struct(&self, scope: &Scope, group: usize, families: &[&Family]) -> TokenStream {
        let name = self.group(scope, group);
        let at = self.indices(scope);
        let doc = rustdoc(&self.spec.groups[group].doc);
        let fields = families.iter().map(|f| {
            let (field, ty) = (ident(&f.param.field), rust_type(f));
            let doc = format!(" {} (`{}`)", rustdoc(&f.param.doc).trim_start(), f.name);
            quote!(#[doc = #doc] pub #field: #ty)
        });
        let reads = families.iter().map(|f| {
            let field = ident(&f.param.field);
            let index = self.index(f, scope);
            let read = reader(f, &quote!(value(values, #index)));
            quote!(#field: #read)
        });
        quote! {
            #[doc = #doc]
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct #name { #(#fields),* }
            impl #name {
                fn read(values: &impl Values, #(#at: usize),*) -> Self {
                    Self { #(#reads),* }
                }
            }
        }
    }

    /// The place of a family's parameter among all, from the indices of its scope (outermost first).
    fn index(&self, family: &Family, scope: &[usize]) -> TokenStream {
        let first = Literal::usize_unsuffixed(family.first);
        match scope {
            [] => quote!(#first),
            [outer] => {
                let outer = ident(&self.spec.dimensions[*outer].id);
                quote!(#first + #outer)
            }
            [outer, inner, ..] => {
                let inner_dimension = &self.spec.dimensions[*inner];
                let count = Literal::usize_unsuffixed(inner_dimension.model.numbers.len());
                let (outer, inner) = (ident(&self.spec.dimensions[*outer].id), ident(&inner_dimension.id));
                quote!(#first + #outer * #count + #inner)
            }
        }
    }
}

/// The type of one number or text, and the reader of `crate::types::read` for it.
fn base(f: &Family) -> (TokenStream, TokenStream) {
    let by_unit = |unit: Unit| match unit {
        Unit::Ms => (quote!(Duration), quote!(read::ms)),
        Unit::TenMs => (quote!(Duration), quote!(read::ten_ms)),
        Unit::S => (quote!(Duration), quote!(read::s)),
        Unit::Min => (quote!(Duration), quote!(read::min)),
        Unit::Bits => (quote!(u16), quote!(read::u16)),
        Unit::Hz => (quote!(Hertz), quote!(read::hertz)),
        Unit::Db => (quote!(Decibels), quote!(read::decibels)),
        Unit::Percent => (quote!(Percent), quote!(read::percent)),
        Unit::Rings => (quote!(u8), quote!(read::u8)),
        Unit::Port => (quote!(Port), quote!(read::port)),
        Unit::Dscp => (quote!(Dscp), quote!(read::dscp)),
        Unit::VlanId => (quote!(VlanId), quote!(read::vlan_id)),
    };
    let bare = |ranges: &[value::Range]| {
        let low = ranges.iter().map(|r| r.0).min().unwrap_or(0);
        let high = ranges.iter().map(|r| r.1).max().unwrap_or(0);
        match (low, high) {
            (0.., ..=255) => (quote!(u8), quote!(read::u8)),
            (0.., ..=65_535) => (quote!(u16), quote!(read::u16)),
            _ => (quote!(i64), quote!(read::i64)),
        }
    };
    let number = |ranges: &[value::Range]| f.param.unit.map_or_else(|| bare(ranges), by_unit);
    match &f.param.ty {
        Type::Boolean => (quote!(bool), quote!(|v| read::boolean(v, "Y"))),
        Type::Switch(switch) => {
            let on = &switch.on;
            (quote!(bool), quote!(|v| read::boolean(v, #on)))
        }
        Type::Integer(integer) => number(&value::ranges(&integer.range).unwrap_or_default()),
        Type::Integers(list) => {
            let (ty, read) = number(&value::ranges(&list.range).unwrap_or_default());
            (quote!(Vec<#ty>), quote!(|v| read::list(v, #read)))
        }
        Type::Choice(choices) => match named(choices) {
            Some(_) => {
                let name = ident(&enum_name(f));
                (quote!(choices::#name), quote!(choices::#name::read))
            }
            None => {
                let numbers = choices.iter().filter_map(|c| value::choice_value(c).parse().ok());
                number(&numbers.map(|n: i64| (n, n)).collect::<Vec<_>>())
            }
        },
        Type::Text(text) if !text.macros.is_empty() => (quote!(Template), quote!(read::template)),
        Type::Text(_) | Type::DialPlan => (quote!(String), quote!(read::text)),
        Type::Host(_) => (quote!(Host), quote!(read::host)),
        Type::Ipv4(_) => (quote!(Ipv4Addr), quote!(read::ipv4)),
        Type::Url(_) => (quote!(Template), quote!(read::template)),
        Type::SipUri => (quote!(SipAddress), quote!(read::sip_address)),
        Type::TimeOfDay => (quote!(TimeOfDay), quote!(read::time_of_day)),
        Type::FirmwareVersion => (quote!(FirmwareVersion), quote!(read::firmware_version)),
    }
}

/// Plain text that may be empty stays a `String`; every other type that may be empty is an `Option`.
fn empty_is_none(f: &Family) -> bool {
    f.param.empty
        && !matches!(&f.param.ty, Type::DialPlan)
        && !matches!(&f.param.ty, Type::Text(t) if t.macros.is_empty())
}

fn none_number(f: &Family) -> Option<i64> {
    match &f.param.ty {
        Type::Integer(integer) => integer.none,
        _ => None,
    }
}

fn rust_type(f: &Family) -> TokenStream {
    let (ty, _) = base(f);
    if empty_is_none(f) || none_number(f).is_some() { quote!(Option<#ty>) } else { ty }
}

fn reader(f: &Family, value: &TokenStream) -> TokenStream {
    let (_, read) = base(f);
    if let Some(none) = none_number(f) {
        let none = Literal::i64_unsuffixed(none);
        return quote!(unless(#value, #none, #read));
    }
    match (empty_is_none(f), &f.param.ty) {
        (true, _) => quote!(unless_empty(#value, #read)),
        (false, Type::Boolean) => quote!(read::boolean(#value, "Y")),
        (false, Type::Switch(switch)) => {
            let on = &switch.on;
            quote!(read::boolean(#value, #on))
        }
        (false, Type::Integers(list)) => {
            let _ = list;
            let inner = list_reader(f);
            quote!(read::list(#value, #inner))
        }
        (false, _) => quote!(#read(#value)),
    }
}

fn list_reader(f: &Family) -> TokenStream {
    match f.param.unit {
        Some(Unit::Hz) => quote!(read::hertz),
        Some(Unit::Ms) => quote!(read::ms),
        _ => quote!(read::u16),
    }
}

fn choice_enum(f: &Family, choices: &[&NamedChoice]) -> TokenStream {
    let name = ident(&enum_name(f));
    let doc = format!(" {} (`{}`)", rustdoc(&f.param.doc).trim_start(), f.name);
    let variants = choices.iter().map(|c| {
        let (variant, doc) = (ident(&c.variant), format!(" {} (`{}`)", rustdoc(&c.label).trim_start(), c.value));
        quote!(#[doc = #doc] #variant)
    });
    let as_str = choices.iter().map(|c| {
        let (variant, value) = (ident(&c.variant), &c.value);
        quote!(Self::#variant => #value)
    });
    let (fallback, others) = choices.split_first().expect("a choice has values");
    let reads = others.iter().map(|c| {
        let (variant, value) = (ident(&c.variant), &c.value);
        quote!(#value => Self::#variant)
    });
    let fallback = ident(&fallback.variant);
    let zones =
        choices.iter().map(|c| c.zone.as_ref().map(|zone| (ident(&c.variant), zone))).collect::<Option<Vec<_>>>();
    let zone = zones.map(|zones| {
        let arms = zones.iter().map(|(variant, zone)| quote!(Self::#variant => #zone));
        quote! {
            /// The zone's name in the IANA time zone database.
            pub const fn zone(self) -> &'static str {
                match self { #(#arms),* }
            }
        }
    });
    quote! {
        #[doc = #doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum #name { #(#variants),* }
        impl #name {
            /// As written in a file.
            pub const fn as_str(self) -> &'static str {
                match self { #(#as_str),* }
            }
            #zone
            pub(crate) fn read(value: &str) -> Self {
                match value { #(#reads,)* _ => Self::#fallback }
            }
        }
    }
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A text of the spec as rustdoc shows it to the letter: brackets are names of keys and menus, not links.
fn rustdoc(text: &str) -> String {
    let mut out = String::from(" ");
    for c in text.chars() {
        if matches!(c, '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
