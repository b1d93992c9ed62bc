//! The parameter table: families, names, pages and rules, as Rust statics.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{camel, snake};
use crate::expr::{Expr, Term};
use crate::model::{self, Access, Applies, Ipv4Role, Priority, Severity, Type, Unicode, Unit, Widget};
use crate::resolve::{Family, Page, Spec};
use crate::value;

/// `generated/mod.rs`: everything but the names.
pub(super) fn tables(spec: &Spec) -> TokenStream {
    let categories = spec.categories.iter().map(|c| {
        let (id, title) = (&c.id, &c.title);
        quote!(Category { id: #id, title: #title })
    });
    let groups = spec.groups.iter().map(|g| {
        let (id, title, doc, category) = (&g.id, &g.title, &g.doc, small(g.category));
        quote!(Group { id: #id, category: #category, title: #title, doc: #doc })
    });
    let dimensions = spec.dimensions.iter().map(|d| {
        let (id, title, titles) = (&d.id, &d.model.title, &d.model.titles);
        let numbers = d.model.numbers.iter().map(|n| Literal::u16_unsuffixed(*n));
        quote!(Dimension { id: #id, title: #title, numbers: &[#(#numbers),*], titles: &[#(#titles),*] })
    });
    let families = spec.families.iter().map(|f| family(spec, f));
    let tabs = spec.tabs.iter().map(|t| {
        let (id, title, start, end) = (&t.id, &t.title, small(t.pages.start), small(t.pages.end));
        quote!(Tab { id: #id, title: #title, pages: #start..#end })
    });
    let pages = spec.pages.iter().map(page);
    let status = spec.status.iter().map(|row| {
        let (id, label, doc, per) = (&row.id, &row.model.label, &row.model.doc, option(row.per.map(small)));
        quote!(StatusRow { id: #id, label: #label, per: #per, doc: #doc })
    });
    let rules = spec.rules.iter().map(|r| {
        let (id, text, message) = (&r.id, &r.model.holds, &r.model.message);
        let per = option(r.per.map(small));
        let holds = expr(spec, &r.holds);
        let families = r.families.iter().map(|f| family_id(*f));
        let error = r.model.severity == Severity::Error;
        let guide = r.model.guide.iter().map(|n| Literal::u16_unsuffixed(*n));
        quote!(Rule {
            id: #id, per: #per, text: #text, holds: #holds, families: &[#(#families),*], error: #error,
            message: #message, guide: &[#(#guide),*],
        })
    });
    let mistaken = spec.mistaken.iter().map(|(name, meant)| {
        let meant = param_id(*meant);
        quote!(Mistaken { name: #name, meant: #meant })
    });
    let counts = [
        spec.categories.len(),
        spec.groups.len(),
        spec.dimensions.len(),
        spec.families.len(),
        spec.tabs.len(),
        spec.pages.len(),
        spec.status.len(),
        spec.rules.len(),
        spec.mistaken.len(),
    ]
    .map(Literal::usize_unsuffixed);
    let [n_categories, n_groups, n_dimensions, n_families, n_tabs, n_pages, n_status, n_rules, n_mistaken] = counts;
    quote! {
        //! The parameter table, the page table and the rules of the spec.

        pub mod choices;
        mod names;
        pub mod settings;

        use crate::id::{FamilyId, ParamId};
        use crate::pages::{Action, Page, Section, StatusRow, Tab};
        use crate::rules::{Expr, Op, Rule, Term};
        use crate::table::*;

        pub(crate) use names::{ALIASES, NAMES};

        /// Folders of the spec, in order.
        pub static CATEGORIES: [Category; #n_categories] = [#(#categories),*];
        /// Files of the spec, in order.
        pub static GROUPS: [Group; #n_groups] = [#(#groups),*];
        /// What families repeat over, outermost first.
        pub static DIMENSIONS: [Dimension; #n_dimensions] = [#(#dimensions),*];
        /// Parameter families, in the order of the spec.
        pub static FAMILIES: [Family; #n_families] = [#(#families),*];
        /// Tabs of the web page, from left to right.
        pub static TABS: [Tab; #n_tabs] = [#(#tabs),*];
        /// Pages of all tabs, in order.
        pub static PAGES: [Page; #n_pages] = [#(#pages),*];
        /// Rows of the status pages.
        pub static STATUS_ROWS: [StatusRow; #n_status] = [#(#status),*];
        /// What has to hold between parameters.
        pub static RULES: &[Rule; #n_rules] = &[#(#rules),*];
        /// Names that administrators write by mistake.
        pub static MISTAKEN: [Mistaken; #n_mistaken] = [#(#mistaken),*];
    }
}

/// `generated/names.rs`: every single name, and the way to it.
pub(super) fn names(spec: &Spec) -> TokenStream {
    let names = spec.params.iter().map(|p| {
        let (name, default, family) = (&p.name, &p.default, family_id(p.family));
        let numbers = (0..2).map(|i| Literal::u16_unsuffixed(p.numbers.get(i).copied().unwrap_or(0)));
        quote!(Name { name: #name, family: #family, instance: Instance([#(#numbers),*]), default: #default })
    });
    let aliases = spec.aliases.iter().map(|(name, index)| {
        let id = param_id(*index);
        quote!((#name, #id))
    });
    let (n_names, n_aliases) =
        (Literal::usize_unsuffixed(spec.params.len()), Literal::usize_unsuffixed(spec.aliases.len()));
    quote! {
        //! Every name, its family, numbers and factory value, and the other names that parameters have.

        use crate::id::{FamilyId, Name, ParamId};
        use crate::table::Instance;

        pub(crate) static NAMES: [Name; #n_names] = [#(#names),*];
        pub(crate) static ALIASES: [(&str, ParamId); #n_aliases] = [#(#aliases),*];
    }
}

fn family(spec: &Spec, f: &Family) -> TokenStream {
    let p = &f.param;
    let (name, pattern, doc) = (&f.name, &f.pattern, &p.doc);
    let field = field_path(spec, f);
    let group = small(f.group);
    let per = f.per.iter().map(|d| small(*d));
    let first = param_id(f.first);
    let count = Literal::usize_unsuffixed(f.count);
    let kind = kind(&p.ty);
    let unit = option(p.unit.map(unit));
    let (empty, secret, file) = (p.empty, p.secret, p.file);
    let xml = option(f.xml.as_ref().map(|steps| {
        let steps = steps.iter().map(|(name, id)| {
            let id = option(id.map(small));
            quote!(XmlStep { name: #name, id: #id })
        });
        let (aliases, extension) = (&p.xml_aliases, p.xml_extension);
        quote!(Xml { path: &[#(#steps),*], aliases: &[#(#aliases),*], extension: #extension })
    }));
    let web = option(p.web.as_ref().zip(f.web).map(|(web, (page, section))| {
        let (page, section, label) = (small(page), small(section), &web.label);
        let row = option(web.row.as_ref().map(|row| quote!(#row)));
        let access = access(web.access);
        let labels = web.labels.iter().map(|(value, label)| quote!((#value, #label)));
        let widget = option(web.widget.map(|w| match w {
            Widget::PasswordChange => quote!(Widget::PasswordChange),
            Widget::Radio => quote!(Widget::Radio),
            Widget::Area => quote!(Widget::Area),
        }));
        quote!(Web {
            page: #page, section: #section, row: #row, label: #label, access: #access, labels: &[#(#labels),*],
            widget: #widget,
        })
    }));
    let phone = option(p.phone.as_ref().map(|phone| {
        let screen = &phone.screen;
        let label = phone.label.as_ref().or(p.web.as_ref().map(|w| &w.label));
        let access = access(phone.access);
        quote!(Phone { screen: #screen, label: #label, access: #access })
    }));
    let when = option(p.when.as_ref().zip(f.when.as_ref()).map(|(text, when)| {
        let when = expr(spec, when);
        quote!((#text, &#when))
    }));
    let applies = match p.applies {
        Applies::Live => quote!(Applies::Live),
        Applies::ReRegister => quote!(Applies::ReRegister),
        Applies::Restart => quote!(Applies::Restart),
    };
    let priority = option(p.priority.map(|Priority::FileOverUser| quote!(Priority::FileOverUser)));
    let macros = match &p.ty {
        Type::Text(text) => text.macros.as_slice(),
        Type::Url(url) => url.macros.as_slice(),
        _ => &[],
    };
    let why = option(p.why.as_ref().map(|why| quote!(#why)));
    let example = option(p.example.as_ref().map(|example| quote!(#example)));
    let aliases = &p.aliases;
    let guide = p.guide.iter().map(|n| Literal::u16_unsuffixed(*n));
    quote!(Family {
        name: #name, pattern: #pattern, field: #field, group: #group, per: &[#(#per),*], first: #first,
        count: #count, kind: #kind, unit: #unit, empty: #empty, secret: #secret, file: #file, xml: #xml, web: #web,
        phone: #phone, when: #when, applies: #applies, priority: #priority, macros: &[#(#macros),*], doc: #doc,
        why: #why, example: #example, aliases: &[#(#aliases),*], guide: &[#(#guide),*],
    })
}

/// `lines[].timers.timer_t1`
pub(super) fn field_path(spec: &Spec, f: &Family) -> String {
    let mut outer = f.per.clone();
    outer.sort_unstable();
    let arrays: String = outer.iter().map(|d| format!("{}[].", spec.dimensions[*d].model.plural)).collect();
    format!("{arrays}{}.{}", snake(&spec.groups[f.group].id), f.param.field)
}

fn kind(ty: &Type) -> TokenStream {
    let range_list = |text: &str| {
        let ranges = value::ranges(text).unwrap_or_default().into_iter().map(|(start, end)| {
            let (start, end) = (Literal::i64_unsuffixed(start), Literal::i64_unsuffixed(end));
            quote!(Range { start: #start, end: #end })
        });
        quote!(&[#(#ranges),*])
    };
    let meanings = |meaning: &indexmap::IndexMap<String, String>| {
        let entries = meaning.iter().filter_map(|(number, words)| {
            let number = Literal::i64_unsuffixed(number.parse().ok()?);
            Some(quote!((#number, #words)))
        });
        quote!(&[#(#entries),*])
    };
    match ty {
        Type::Boolean => quote!(Kind::Boolean),
        Type::Switch(s) => {
            let (on, off) = (&s.on, &s.off);
            quote!(Kind::Switch { on: #on, off: #off })
        }
        Type::Integer(i) => {
            let (ranges, meaning) = (range_list(&i.range), meanings(&i.meaning));
            let step = Literal::u32_unsuffixed(i.step.unwrap_or(1));
            let none = option(i.none.map(|n| {
                let n = Literal::i64_unsuffixed(n);
                quote!(#n)
            }));
            quote!(Kind::Integer { ranges: #ranges, step: #step, none: #none, meaning: #meaning })
        }
        Type::Integers(i) => {
            let (ranges, meaning) = (range_list(&i.range), meanings(&i.meaning));
            let length = value::ranges(&i.length).unwrap_or_default();
            let (a, b) = length.first().copied().unwrap_or((1, 1));
            let (a, b) = (Literal::i64_unsuffixed(a), Literal::i64_unsuffixed(b));
            quote!(Kind::Integers { ranges: #ranges, length: (#a, #b), meaning: #meaning })
        }
        Type::Choice(choices) => {
            let choices = choices.iter().map(|c| {
                let value = value::choice_value(c);
                let label = match c {
                    model::Choice::Number(n) => n.to_string(),
                    model::Choice::Named(named) => named.label.clone(),
                };
                quote!(Choice { value: #value, label: #label })
            });
            quote!(Kind::Choice(&[#(#choices),*]))
        }
        Type::Text(t) => {
            let mut bits = [0_u64; 2];
            for c in value::allowed_ascii(t) {
                bits[c as usize >> 6] |= 1 << (c as usize & 63);
            }
            let [low, high] = bits.map(Literal::u64_unsuffixed);
            let (min, max) = (Literal::u32_unsuffixed(t.min), Literal::u32_unsuffixed(t.max));
            let words = allowed_words(t);
            let unicode = match t.unicode {
                Unicode::None => quote!(Unicode::None),
                Unicode::Bmp => quote!(Unicode::Bmp),
                Unicode::All => quote!(Unicode::All),
            };
            quote!(Kind::Text {
                min: #min, max: #max, allowed: [#low, #high], allowed_text: #words, unicode: #unicode
            })
        }
        Type::Host(h) => {
            let max = Literal::u32_unsuffixed(h.max);
            quote!(Kind::Host { max: #max })
        }
        Type::Ipv4(i) => match i.role {
            Ipv4Role::Server => quote!(Kind::Ipv4(Role::Server)),
            Ipv4Role::Unit => quote!(Kind::Ipv4(Role::Unit)),
            Ipv4Role::Mask => quote!(Kind::Ipv4(Role::Mask)),
        },
        Type::Url(u) => {
            let (schemes, prefixes) = (&u.schemes, &u.prefixes);
            let index = option(u.index.as_ref().map(|index| quote!(#index)));
            quote!(Kind::Url { schemes: &[#(#schemes),*], prefixes: &[#(#prefixes),*], index: #index })
        }
        Type::SipUri => quote!(Kind::SipUri),
        Type::TimeOfDay => quote!(Kind::TimeOfDay),
        Type::FirmwareVersion => quote!(Kind::FirmwareVersion),
        Type::DialPlan => quote!(Kind::DialPlan),
    }
}

/// The allowed characters of a text in words; empty where all printable ASCII is allowed.
pub(super) fn allowed_words(text: &model::Text) -> String {
    let shown = |set: Vec<char>| {
        let words: Vec<String> =
            set.into_iter().map(|c| if c == ' ' { "blank".to_owned() } else { c.to_string() }).collect();
        words.join(" ")
    };
    match &text.allow {
        Some(allow) if allow.starts_with("0-9") => {
            let others = shown(value::char_set(&allow[3..]));
            if others.is_empty() { "digits only".to_owned() } else { format!("digits and {others}") }
        }
        Some(allow) => shown(value::char_set(allow)),
        None if text.forbid.chars().all(|c| c == '"') => String::new(),
        None => {
            let forbidden = shown(text.forbid.chars().collect());
            let set = if text.unicode == Unicode::None { "printable ASCII characters" } else { "characters" };
            format!("{set} except {forbidden}")
        }
    }
}

fn unit(unit: Unit) -> TokenStream {
    match unit {
        Unit::Ms => quote!(Unit::Ms),
        Unit::TenMs => quote!(Unit::TenMs),
        Unit::S => quote!(Unit::S),
        Unit::Min => quote!(Unit::Min),
        Unit::Bits => quote!(Unit::Bits),
        Unit::Hz => quote!(Unit::Hz),
        Unit::Db => quote!(Unit::Db),
        Unit::Percent => quote!(Unit::Percent),
        Unit::Rings => quote!(Unit::Rings),
        Unit::Port => quote!(Unit::Port),
        Unit::Dscp => quote!(Unit::Dscp),
        Unit::VlanId => quote!(Unit::VlanId),
    }
}

fn access(access: Access) -> TokenStream {
    match access {
        Access::Admin => quote!(Access::Admin),
        Access::User => quote!(Access::User),
        Access::UserUnlessLocked => quote!(Access::UserUnlessLocked),
    }
}

fn page(page: &Page) -> TokenStream {
    let (id, title, doc) = (&page.id, &page.model.title, &page.model.doc);
    let (tab, per) = (small(page.tab), option(page.per.map(small)));
    let sections = page.model.sections.iter().enumerate().map(|(i, title)| {
        let fields = page.fields[i].iter().map(|f| family_id(*f));
        let rows = page.rows[i].iter().map(|r| small(*r));
        quote!(Section { title: #title, fields: &[#(#fields),*], status: &[#(#rows),*] })
    });
    let action = option(page.model.action.map(|a| match a {
        model::Action::ResetWebSettings => quote!(Action::ResetWebSettings),
        model::Action::Restart => quote!(Action::Restart),
    }));
    let restarts = page.model.restarts;
    quote!(Page {
        id: #id, tab: #tab, title: #title, doc: #doc, per: #per, sections: &[#(#sections),*], action: #action,
        restarts: #restarts,
    })
}

fn expr(spec: &Spec, e: &Expr) -> TokenStream {
    let family = |name: &str| family_id(spec.family(name).expect("conditions are resolved"));
    match e {
        Expr::And(parts) => {
            let parts = parts.iter().map(|e| expr(spec, e));
            quote!(Expr::And(&[#(#parts),*]))
        }
        Expr::Or(parts) => {
            let parts = parts.iter().map(|e| expr(spec, e));
            quote!(Expr::Or(&[#(#parts),*]))
        }
        Expr::Not(inner) => {
            let inner = expr(spec, inner);
            quote!(Expr::Not(&#inner))
        }
        Expr::Compare(op, a, b) => {
            let (a, b) = (term(spec, a), term(spec, b));
            let op = match *op {
                "==" => quote!(Op::Eq),
                "!=" => quote!(Op::Ne),
                "<" => quote!(Op::Lt),
                "<=" => quote!(Op::Le),
                ">" => quote!(Op::Gt),
                _ => quote!(Op::Ge),
            };
            quote!(Expr::Compare(#op, #a, #b))
        }
        Expr::Empty(name) => {
            let family = family(name);
            quote!(Expr::Empty(#family))
        }
        Expr::Ipv4(name) => {
            let family = family(name);
            quote!(Expr::Ipv4(#family))
        }
        Expr::Factory(name) => {
            let family = family(name);
            quote!(Expr::Factory(#family))
        }
        Expr::Distinct(terms) => {
            let terms = terms.iter().map(|t| term(spec, t));
            quote!(Expr::Distinct(&[#(#terms),*]))
        }
        Expr::Disjoint(a, b) => {
            let (a, b) = (term(spec, a), term(spec, b));
            quote!(Expr::Disjoint(#a, #b))
        }
        Expr::Contains(name, value) => {
            let family = family(name);
            quote!(Expr::Contains(#family, #value))
        }
        Expr::AllOrNone(name) => {
            let family = family(name);
            quote!(Expr::AllOrNone(#family))
        }
    }
}

fn term(spec: &Spec, t: &Term) -> TokenStream {
    let family = |name: &str| family_id(spec.family(name).expect("conditions are resolved"));
    match t {
        Term::Int(n) => {
            let n = Literal::i64_unsuffixed(*n);
            quote!(Term::Int(#n))
        }
        Term::Text(text) => quote!(Term::Text(#text)),
        Term::Param(name) => {
            let family = family(name);
            quote!(Term::Param(#family))
        }
        Term::At(name, number) => {
            let (family, number) = (family(name), Literal::u16_unsuffixed(*number));
            quote!(Term::At(#family, #number))
        }
        Term::All(name) => {
            let family = family(name);
            quote!(Term::All(#family))
        }
        Term::Plus(inner, add) => {
            let (inner, add) = (term(spec, inner), Literal::i64_unsuffixed(*add));
            quote!(Term::Plus(&#inner, #add))
        }
    }
}

fn small(n: usize) -> Literal {
    Literal::usize_unsuffixed(n)
}

fn family_id(index: usize) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    quote!(FamilyId(#index))
}

fn param_id(index: usize) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    quote!(ParamId::new(#index))
}

fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}

/// The name of the enum that a choice becomes.
pub(super) fn enum_name(f: &Family) -> String {
    camel(&f.param.field)
}
