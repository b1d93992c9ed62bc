//! Identifiers of families and parameters, and the way from a name to them.

use crate::generated::{FAMILIES, NAMES};
use crate::index::{Index, index};
use crate::table::{Family, Instance};

/// A parameter family: an index into [`crate::FAMILIES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FamilyId(pub u16);

impl std::ops::Deref for FamilyId {
    type Target = Family;

    fn deref(&self) -> &'static Family {
        &FAMILIES[usize::from(self.0)]
    }
}

/// One parameter: one name, one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParamId(pub(crate) u16);

/// What the table says of one name.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) name: &'static str,
    pub(crate) family: FamilyId,
    pub(crate) instance: Instance,
    pub(crate) default: &'static str,
}

impl ParamId {
    /// How many parameters there are: those of files, of the web page and of the phone.
    pub const COUNT: usize = NAMES.len();

    /// For generated tables.
    pub(crate) const fn new(index: u16) -> Self {
        Self(index)
    }

    /// All parameters in the order of the spec.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + DoubleEndedIterator + Clone {
        (0..Self::COUNT as u16).map(Self)
    }

    /// The parameter at `index` of [`ParamId::all`].
    pub fn from_index(index: usize) -> Option<Self> {
        (index < Self::COUNT).then_some(Self(index as u16))
    }

    /// The place in [`ParamId::all`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The name as written in a file: `SIP_TIMER_T1_1`.
    pub fn name(self) -> &'static str {
        NAMES[self.index()].name
    }

    /// The family it belongs to.
    pub fn family(self) -> FamilyId {
        NAMES[self.index()].family
    }

    /// The factory value, as written in a file.
    pub fn default(self) -> &'static str {
        NAMES[self.index()].default
    }

    /// Its numbers, in the order of the family's dimensions.
    pub fn instance(self) -> Instance {
        NAMES[self.index()].instance
    }

    /// Its number in the dimension called `dimension`, if the family has that: the 3 of `SIP_URI_3` for `line`.
    pub fn number(self, dimension: &str) -> Option<u16> {
        let position = self.family().per.iter().position(|&d| crate::DIMENSIONS[usize::from(d)].id == dimension)?;
        Some(self.instance().0[position])
    }

    /// A title or label with this parameter's numbers: `SIP Settings [Line {line}]` becomes `SIP Settings [Line 3]`, and
    /// `{codec}` what that codec is called.
    pub fn fill(self, text: &str) -> String {
        let numbers = self.family().per.iter().zip(self.instance().0);
        numbers.fold(text.to_owned(), |text, (&dimension, number)| {
            let dimension = &crate::DIMENSIONS[usize::from(dimension)];
            let title = dimension.numbers.iter().position(|&n| n == number).and_then(|i| dimension.titles.get(i));
            let shown = title.map_or_else(|| number.to_string(), |title| (*title).to_owned());
            text.replace(&format!("{{{}}}", dimension.id), &shown)
        })
    }
}

impl std::fmt::Display for ParamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Family {
    /// The parameters of the family in order.
    pub fn params(&self) -> impl ExactSizeIterator<Item = ParamId> + DoubleEndedIterator + Clone + use<> {
        (self.first.0..self.first.0 + self.count).map(ParamId)
    }

    /// The parameter with these numbers (in the order of the dimensions; unused ones are 0).
    pub fn param(&self, instance: Instance) -> Option<ParamId> {
        self.params().find(|id| id.instance() == instance)
    }
}

/// What a name refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The parameter.
    pub id: ParamId,
    /// Whether the name is another one than the canonical.
    pub alias: bool,
}

/// The parameter with this name, in constant time.
pub fn lookup(name: &str) -> Option<Found> {
    static NAMES_AND_ALIASES: Index = index();
    NAMES_AND_ALIASES.find(name)
}

/// The names most like `name`, best first; at most three.
///
/// A name that administrators are known to write by mistake yields the one they mean. Otherwise names are compared by
/// edit distance (optimal string alignment), up to a third of the length.
pub fn suggestions(name: &str) -> Vec<ParamId> {
    let upper = name.to_ascii_uppercase();
    if let Some(mistaken) = crate::MISTAKEN.iter().find(|m| m.name == upper) {
        return vec![mistaken.meant];
    }
    let limit = (name.len() / 3).clamp(1, 6);
    let mut near: Vec<(usize, ParamId)> = ParamId::all()
        .filter(|id| id.family().file && id.name().len().abs_diff(upper.len()) <= limit)
        .map(|id| (distance(upper.as_bytes(), id.name().as_bytes()), id))
        .filter(|&(d, _)| d <= limit)
        .collect();
    near.sort();
    near.into_iter().take(3).map(|(_, id)| id).collect()
}

/// Edit distance with transpositions of neighbours.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row = last.clone();
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found() {
        for id in ParamId::all() {
            assert_eq!(lookup(id.name()), Some(Found { id, alias: false }));
        }
        assert_eq!(lookup("SIP_TIMER_T1_7"), None);
        let found = lookup("PROFILE_ENABLE_2").expect("an alias that real files use");
        assert!(found.alias);
        assert_eq!(found.id.name(), "PROFILE_ENABLE2");
    }

    #[test]
    fn slips_lead_to_the_right_name() {
        for (written, meant) in [
            ("FLEX_BUTTON_FACILITY_LABEL1", "FLEX_BUTTON_LABEL1"),
            ("ADMINPASS", "ADMIN_PASS"),
            ("sip_timer_t1_1", "SIP_TIMER_T1_1"),
            ("SIP_PXRY_ADDR_2", "SIP_PRXY_ADDR_2"),
        ] {
            assert_eq!(suggestions(written).first().map(|id| id.name()), Some(meant), "{written}");
        }
        assert!(suggestions("HOLD_SOUND_PATH_1").iter().all(|id| id.name() != "DIAL_PLAN_1"));
    }
}
