//! Finds the places that read typed settings: field accesses, struct patterns, and field accesses in macros.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Expr, Member, Pat, Type};

use super::index::Index;
use super::sources::{Source, is_test};

/// What crates declare that bears on the names of settings.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// Fields whose names say nothing about settings: an access counts only where its path or type shows the group.
    ambiguous: BTreeSet<String>,
    /// Fields that hold a struct of settings: `config: LineTimers`.
    reached_by: BTreeMap<String, BTreeSet<String>>,
}

impl Declared {
    /// What these sources declare; all crates together, since a field may be read in another crate than its own.
    pub(crate) fn of<'a>(index: &Index, sources: impl Iterator<Item = &'a Source>) -> Self {
        let mut declared = Self { reached_by: index.reached_by.clone(), ..Self::default() };
        declared.ambiguous.extend(index.reached_by.keys().cloned());
        for source in sources {
            let renames = Renames::of(&source.file);
            Declarations { index, renames: &renames, declared: &mut declared }.visit_file(&source.file);
        }
        declared
    }
}

/// The lines of a source that read settings, as (index of the setting, line).
pub(crate) fn reads(index: &Index, declared: &Declared, source: &Source) -> BTreeSet<(usize, usize)> {
    let renames = Renames::of(&source.file);
    let mut scan = Scan { index, declared, renames: &renames, locals: vec![BTreeMap::new()], found: BTreeSet::new() };
    scan.visit_file(&source.file);
    scan.found
}

/// Names that a file gives to imported types: `use settings::LineTimers as Timers`.
#[derive(Default)]
struct Renames(BTreeMap<String, String>);

impl Renames {
    fn of(file: &syn::File) -> Self {
        let mut renames = Self::default();
        renames.visit_file(file);
        renames
    }

    fn original<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }

    /// The struct of settings that a type is or points to.
    fn holder(&self, index: &Index, ty: &Type) -> Option<String> {
        match ty {
            Type::Reference(reference) => self.holder(index, &reference.elem),
            Type::Paren(paren) => self.holder(index, &paren.elem),
            Type::Path(path) => {
                let last = path.path.segments.last()?;
                let name = last.ident.to_string();
                let name = self.original(&name);
                if index.is_holder(name) {
                    return Some(name.to_owned());
                }
                let pointer = matches!(name, "Arc" | "Rc" | "Box" | "Cow" | "Ref" | "RefMut" | "Guard");
                let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
                arguments.args.iter().filter(|_| pointer).find_map(|argument| match argument {
                    syn::GenericArgument::Type(ty) => self.holder(index, ty),
                    _ => None,
                })
            }
            _ => None,
        }
    }
}

impl<'ast> Visit<'ast> for Renames {
    fn visit_use_rename(&mut self, rename: &'ast syn::UseRename) {
        self.0.insert(rename.rename.to_string(), rename.ident.to_string());
    }
}

struct Declarations<'a> {
    index: &'a Index,
    renames: &'a Renames,
    declared: &'a mut Declared,
}

impl<'ast> Visit<'ast> for Declarations<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        let Some(name) = field.ident.as_ref().map(ToString::to_string) else { return };
        match self.renames.holder(self.index, &field.ty) {
            Some(holder) => drop(self.declared.reached_by.entry(name).or_default().insert(holder)),
            None => drop(self.declared.ambiguous.insert(name)),
        }
    }
}

/// The structs of settings that an expression may be.
type Holders = BTreeSet<String>;

struct Scan<'a> {
    index: &'a Index,
    declared: &'a Declared,
    renames: &'a Renames,
    /// Names in scope with what they are bound to; the innermost scope is last.
    locals: Vec<BTreeMap<String, Holders>>,
    found: BTreeSet<(usize, usize)>,
}

impl Scan<'_> {
    fn bind(&mut self, name: String, holders: Holders) {
        if let Some(scope) = self.locals.last_mut() {
            scope.insert(name, holders);
        }
    }

    fn local(&self, name: &str) -> Holders {
        self.locals.iter().rev().find_map(|scope| scope.get(name)).cloned().unwrap_or_default()
    }

    fn reached_by(&self, field: &str) -> Holders {
        self.declared.reached_by.get(field).cloned().unwrap_or_default()
    }

    fn in_scope(&mut self, visit: impl FnOnce(&mut Self)) {
        self.locals.push(BTreeMap::new());
        visit(self);
        self.locals.pop();
    }

    /// Notes an access to a field of something that may be one of `base`.
    fn access(&mut self, field: &proc_macro2::Ident, base: &Holders) {
        let name = field.to_string();
        let Some(setting) = self.index.by_field(&name) else { return };
        if base.contains(&self.index.settings[setting].holder) || !self.declared.ambiguous.contains(&name) {
            self.found.insert((setting, field.span().start().line));
        }
    }

    fn holders(&self, expr: &Expr) -> Holders {
        const SAME: [&str; 6] = ["as_ref", "borrow", "clone", "deref", "load", "to_owned"];
        match expr {
            Expr::Paren(inner) => self.holders(&inner.expr),
            Expr::Reference(inner) => self.holders(&inner.expr),
            Expr::Unary(inner) if matches!(inner.op, syn::UnOp::Deref(_)) => self.holders(&inner.expr),
            Expr::MethodCall(call) if SAME.iter().any(|same| call.method == same) => self.holders(&call.receiver),
            Expr::Field(syn::ExprField { member: Member::Named(name), .. }) => self.reached_by(&name.to_string()),
            Expr::Path(path) => path.path.get_ident().map(|name| self.local(&name.to_string())).unwrap_or_default(),
            _ => Holders::new(),
        }
    }

    /// What the names of a pattern stand for, looked at as deep as tuples go on both sides.
    fn bindings(&self, pattern: &Pat, expr: &Expr) -> Vec<(String, Holders)> {
        match (pattern, expr) {
            (Pat::Ident(name), expr) => vec![(name.ident.to_string(), self.holders(expr))],
            (Pat::Tuple(patterns), Expr::Tuple(values)) => {
                patterns.elems.iter().zip(&values.elems).flat_map(|(p, e)| self.bindings(p, e)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Visits what is thrown away: a bare access reads nothing.
    fn visit_discarded(&mut self, expr: &Expr) {
        match expr {
            Expr::Field(field) => self.visit_expr(&field.base),
            Expr::Reference(reference) => self.visit_discarded(&reference.expr),
            expr => self.visit_expr(expr),
        }
    }

    fn visit_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let is_dot = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == '.');
        for (at, token) in tokens.iter().enumerate() {
            let field = match token {
                TokenTree::Group(group) => {
                    self.visit_tokens(group.stream());
                    continue;
                }
                TokenTree::Ident(field) if at >= 2 && is_dot(at - 1) && !is_dot(at - 2) => field,
                _ => continue,
            };
            let called = match tokens.get(at + 1) {
                Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
                Some(TokenTree::Punct(p)) => p.as_char() == ':',
                _ => false,
            };
            if called {
                continue;
            }
            let base = match &tokens[at - 2] {
                TokenTree::Ident(base) if at >= 3 && is_dot(at - 3) => self.reached_by(&base.to_string()),
                TokenTree::Ident(base) => self.local(&base.to_string()),
                _ => Holders::new(),
            };
            self.access(field, &base);
        }
    }
}

impl<'ast> Visit<'ast> for Scan<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test(attributes(item)) {
            self.in_scope(|scan| visit::visit_item(scan, item));
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_test(&function.attrs) {
            self.in_scope(|scan| visit::visit_impl_item_fn(scan, function));
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.in_scope(|scan| visit::visit_expr_closure(scan, closure));
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.in_scope(|scan| visit::visit_block(scan, block));
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.in_scope(|scan| visit::visit_arm(scan, arm));
    }

    fn visit_expr_field(&mut self, access: &'ast syn::ExprField) {
        if let Member::Named(name) = &access.member {
            let base = self.holders(&access.base);
            self.access(name, &base);
        }
        visit::visit_expr_field(self, access);
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        self.visit_discarded(&assign.left);
        match &*assign.left {
            Expr::Infer(_) => self.visit_discarded(&assign.right),
            _ => self.visit_expr(&assign.right),
        }
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            match local.pat {
                Pat::Wild(_) => self.visit_discarded(&init.expr),
                _ => self.visit_expr(&init.expr),
            }
            if let Some((_, other)) = &init.diverge {
                self.visit_expr(other);
            }
        }
        let bound = local.init.as_ref().map_or_else(Vec::new, |init| self.bindings(&local.pat, &init.expr));
        self.visit_pat(&local.pat);
        for (name, holders) in bound {
            self.bind(name, holders);
        }
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        // It hides what the name meant outside.
        self.bind(pattern.ident.to_string(), Holders::new());
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_pat_type(&mut self, pattern: &'ast syn::PatType) {
        visit::visit_pat_type(self, pattern);
        if let Pat::Ident(name) = &*pattern.pat {
            let holder = self.renames.holder(self.index, &pattern.ty);
            self.bind(name.ident.to_string(), holder.into_iter().collect());
        }
    }

    fn visit_pat_struct(&mut self, pattern: &'ast syn::PatStruct) {
        visit::visit_pat_struct(self, pattern);
        let name = pattern.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        let holder = Holders::from([self.renames.original(&name).to_owned()]);
        for field in &pattern.fields {
            let Member::Named(member) = &field.member else { continue };
            match &*field.pat {
                Pat::Wild(_) => {}
                Pat::Ident(bound) if self.index.by_field(&member.to_string()).is_none() => {
                    self.bind(bound.ident.to_string(), self.reached_by(&member.to_string()));
                }
                // The struct's name decides, however rare the name of the field.
                _ if holder.iter().any(|h| self.index.is_holder(h)) => self.access(member, &holder),
                _ => {}
            }
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_tokens(call.tokens.clone());
    }
}

/// The attributes of an item.
fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    use syn::Item;
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
