//! What a change changes: the parameters whose value in effect differs, before and after.

use std::fmt;

use offhook_params::rules::Values;
use offhook_params::{Applies, GROUPS, Group, ParamId};

use crate::values::masked;

/// A parameter whose value in effect differs.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// The parameter.
    pub id: ParamId,
    /// The value that counted before.
    pub before: String,
    /// The value that counts now.
    pub after: String,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, after] = [&self.before, &self.after].map(|value| masked(self.id, value));
        write!(f, "{}: {before:?} -> {after:?}", self.id)
    }
}

/// The parameters whose value in effect differs, in the order of the spec, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// The changes.
    pub changes: Vec<Change>,
}

impl ChangeSet {
    /// What leads from the values of `before` to those of `after`.
    pub fn between(before: &impl Values, after: &impl Values) -> Self {
        let differs = |id: ParamId| {
            let (before, after) = (before.value(id), after.value(id));
            (before != after).then(|| Change { id, before: before.to_owned(), after: after.to_owned() })
        };
        Self { changes: ParamId::all().filter_map(differs).collect() }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many parameters change.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// What the most demanding of the changes needs before it counts; `None` for no change.
    pub fn applies(&self) -> Option<Applies> {
        self.params().map(|id| id.family().applies).max()
    }

    /// The parameters that change.
    pub fn params(&self) -> impl ExactSizeIterator<Item = ParamId> + DoubleEndedIterator + Clone {
        self.changes.iter().map(|change| change.id)
    }

    /// The change of one parameter.
    pub fn get(&self, id: ParamId) -> Option<&Change> {
        let place = self.changes.binary_search_by_key(&id, |change| change.id).ok()?;
        Some(&self.changes[place])
    }

    /// Whether one parameter changes.
    pub fn contains(&self, id: ParamId) -> bool {
        self.get(id).is_some()
    }

    /// Whether a parameter of the group `group` of the category `category` changes: `("line", "timers")`.
    pub fn touches(&self, category: &str, group: &str) -> bool {
        self.by_group().any(|(g, _)| g.id == group && category_of(g) == category)
    }

    /// The changes of each group that has some.
    pub fn by_group(&self) -> impl Iterator<Item = (&'static Group, &[Change])> {
        let runs = self.changes.chunk_by(|a, b| a.id.family().group == b.id.family().group);
        runs.map(|run| (&GROUPS[usize::from(run[0].id.family().group)], run))
    }

    /// The lines (from 1) that have changes of their own, each once, in order.
    pub fn lines(&self) -> Vec<u16> {
        let mut lines: Vec<u16> = self.params().filter_map(|id| id.number("line")).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    /// This change and then `later`, as one: what was taken back is gone.
    ///
    /// Both have to belong to one history: `later` starts where this one ends.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        let mut changes = Vec::with_capacity(self.len() + later.len());
        let (mut first, mut second) = (self.changes.into_iter().peekable(), later.changes.into_iter().peekable());
        loop {
            let order = match (first.peek(), second.peek()) {
                (Some(a), Some(b)) => a.id.cmp(&b.id),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => return Self { changes },
            };
            match order {
                std::cmp::Ordering::Less => changes.extend(first.next()),
                std::cmp::Ordering::Greater => changes.extend(second.next()),
                std::cmp::Ordering::Equal => {
                    let joined = first.next().zip(second.next()).map(|(a, b)| Change { after: b.after, ..a });
                    changes.extend(joined.filter(|change| change.before != change.after));
                }
            }
        }
    }
}

impl<'a> IntoIterator for &'a ChangeSet {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.changes.iter()
    }
}

fn category_of(group: &Group) -> &'static str {
    offhook_params::CATEGORIES[usize::from(group.category)].id
}
