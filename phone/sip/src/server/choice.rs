//! The order of SRV records: by priority, among equals by chance according to weight (RFC 2782).

use super::Srv;

/// Puts records into the order in which they shall be tried. `random` gives a number from 0 up to and including its argument.
pub fn order(mut records: Vec<Srv>, mut random: impl FnMut(u32) -> u32) -> Vec<Srv> {
    // Those of weight 0 come first among equals, so that they have a small chance.
    records.sort_by_key(|record| (record.priority, record.weight != 0));
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(priority) = records.first().map(|record| record.priority) {
        let equals = records.iter().take_while(|record| record.priority == priority);
        let total = equals.map(|record| u32::from(record.weight)).sum();
        let wanted = random(total).min(total);
        let mut sum = 0;
        let chosen = records.iter().position(|record| {
            sum += u32::from(record.weight);
            sum >= wanted
        });
        ordered.push(records.remove(chosen.unwrap_or(0)));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn srv(priority: u16, weight: u16, target: &str) -> Srv {
        Srv { priority, weight, port: 5060, target: target.into() }
    }

    fn targets(records: &[Srv], random: impl FnMut(u32) -> u32) -> String {
        order(records.to_vec(), random).into_iter().map(|record| record.target).collect()
    }

    #[test]
    fn priorities_come_first() {
        let records = [srv(20, 0, "c"), srv(10, 0, "a"), srv(15, 9, "b"), srv(30, 100, "d")];
        assert_eq!(targets(&records, |_| 0), "abcd");
        assert_eq!(targets(&records, |total| total), "abcd");
        assert_eq!(targets(&[], |_| 0), "");
    }

    #[test]
    fn the_running_sum_decides() {
        let records = [srv(1, 10, "a"), srv(1, 30, "b"), srv(1, 0, "z"), srv(1, 60, "c")];
        for (first, expected) in [(0, "zabc"), (1, "azbc"), (10, "azbc"), (11, "bzac"), (40, "bzac"), (41, "czab")] {
            let mut draws = [first, 0, 0, 0].into_iter();
            assert_eq!(targets(&records, |_| draws.next().unwrap()), expected, "{first}");
        }
        // A careless source of chance leaves no record out.
        assert_eq!(targets(&records, |_| u32::MAX).len(), 4);
    }

    /// Shares of the first place over many draws, within one per cent of the weights' shares.
    #[test]
    fn chances_follow_the_weights() {
        let records = [srv(1, 60, "a"), srv(1, 30, "b"), srv(1, 10, "c"), srv(2, 99, "d")];
        let mut state = 1u64;
        let mut random = |limit: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % (u64::from(limit) + 1)) as u32
        };
        let mut first = [0u32; 4];
        for _ in 0..100_000 {
            let order = targets(&records, &mut random);
            first["abcd".find(&order[..1]).unwrap()] += 1;
            assert!(order.ends_with('d'));
        }
        // Of the sums 0 to 100, `a` has 61, as the first one of a priority owns the zero.
        for (share, expected) in first.into_iter().zip([60_400, 29_700, 9_900, 0]) {
            assert!(share.abs_diff(expected) < 1000, "{first:?}");
        }
    }
}
