//! What holds for every plan and number: no panic, a stable printed form, and the same matches as a simple matcher.

use std::sync::Arc;
use std::time::{Duration, Instant};

use offhook_dialplan::{DialPlan, Dialer, Digit, Extent, Outcome, Policy, Timing};
use proptest::prelude::*;

/// An element of a branch, as this test writes it.
#[derive(Debug, Clone)]
struct Element {
    /// The digits it matches.
    digits: String,
    /// How it is written, without the `.`.
    text: String,
    repeated: bool,
}

impl Element {
    fn text(&self) -> String {
        format!("{}{}", self.text, if self.repeated { "." } else { "" })
    }

    /// The fewest digits it takes: none for `x.` only.
    fn least(&self) -> usize {
        usize::from(!(self.repeated && self.text == "x"))
    }
}

/// A run of elements and, for a substitution, what they become.
#[derive(Debug, Clone)]
struct Piece {
    elements: Vec<Element>,
    becomes: Option<String>,
}

impl Piece {
    fn text(&self) -> String {
        let elements: String = self.elements.iter().map(Element::text).collect();
        match &self.becomes {
            None => elements,
            Some(after) => format!("<{elements}:{after}>"),
        }
    }
}

#[derive(Debug, Clone)]
struct Branch {
    pieces: Vec<Piece>,
    ending: &'static str,
}

impl Branch {
    fn text(&self) -> String {
        self.pieces.iter().map(Piece::text).chain([self.ending.to_owned()]).collect()
    }

    fn elements(&self) -> Vec<Element> {
        self.pieces.iter().flat_map(|piece| piece.elements.clone()).collect()
    }

    /// The number after substitutions, if `dialled` is matched as a whole.
    fn rewritten(&self, dialled: &str) -> Option<String> {
        let taken = taken(&self.elements(), dialled)?;
        let mut taken = taken.into_iter();
        let mut rest = dialled;
        let mut number = String::new();
        for piece in &self.pieces {
            let count = taken.by_ref().take(piece.elements.len()).sum();
            let (digits, behind) = rest.split_at(count);
            number.push_str(piece.becomes.as_deref().unwrap_or(digits));
            rest = behind;
        }
        Some(number)
    }

    /// Whether digits could follow `dialled` to make a whole match.
    fn begins_with(&self, dialled: &str) -> bool {
        begins(&self.elements(), dialled)
    }
}

/// How many digits each element takes, tried one after the other, the most first.
fn taken(elements: &[Element], dialled: &str) -> Option<Vec<usize>> {
    let Some((element, others)) = elements.split_first() else {
        return dialled.is_empty().then(Vec::new);
    };
    let fitting = dialled.chars().take_while(|&digit| element.digits.contains(digit)).count();
    let most = if element.repeated { fitting } else { fitting.min(1) };
    (element.least()..=most).rev().find_map(|count| {
        let mut counts = taken(others, &dialled[count..])?;
        counts.insert(0, count);
        Some(counts)
    })
}

fn begins(elements: &[Element], dialled: &str) -> bool {
    if dialled.is_empty() {
        return true;
    }
    let Some((element, others)) = elements.split_first() else { return false };
    let fitting = dialled.chars().take_while(|&digit| element.digits.contains(digit)).count();
    let most = if element.repeated { fitting } else { fitting.min(1) };
    (element.least()..=most).any(|count| begins(others, &dialled[count..]))
        || fitting == dialled.len() && fitting <= most
}

/// Few digits, so that numbers and plans meet often.
fn element() -> impl Strategy<Value = Element> {
    let pattern = prop_oneof![
        4 => "[12*]".prop_map(|digit| (digit.clone(), digit)),
        2 => Just(("0123456789".to_owned(), "x".to_owned())),
        1 => Just(("12".to_owned(), "[12]".to_owned())),
        1 => Just(("*123".to_owned(), "[*1-3]".to_owned())),
    ];
    (pattern, prop::bool::weighted(0.3)).prop_map(|((digits, text), repeated)| Element { digits, text, repeated })
}

fn branch() -> impl Strategy<Value = Branch> {
    let piece = (prop::collection::vec(element(), 0..3), prop::option::weighted(0.3, "[0-9*#+]{0,2}"))
        .prop_map(|(elements, becomes)| Piece { elements, becomes });
    let pieces = prop::collection::vec(piece, 1..4);
    let ending = prop::sample::select(vec!["", "", "", "S0", "S7", "T", "!"]);
    (pieces, ending).prop_map(|(pieces, ending)| Branch { pieces, ending }).prop_filter(
        "a branch has digits, and leaves some",
        |branch| {
            let left =
                |piece: &Piece| piece.becomes.as_ref().map_or(!piece.elements.is_empty(), |after| !after.is_empty());
            !branch.elements().is_empty() && (branch.ending == "!" || branch.pieces.iter().any(left))
        },
    )
}

fn branches() -> impl Strategy<Value = Vec<Branch>> {
    prop::collection::vec(branch(), 1..5)
}

fn parse(branches: &[Branch]) -> DialPlan {
    let text = branches.iter().map(Branch::text).collect::<Vec<_>>().join("|");
    DialPlan::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Text that comes close to a plan.
fn almost_plan() -> impl Strategy<Value = String> {
    r"([0-9*#+xX.|\[\]<>:!sStT-]|\[[1-9]-[1-9]\]|<[0-9x.]{0,3}:[0-9]{0,3}>|S[0-9]\||T\||é){0,40}"
}

const TIMING: Timing = Timing {
    first_digit: Duration::from_secs(30),
    inter_digit: Duration::from_secs(5),
    macro_digit: Duration::from_secs(3),
    pound_ends: true,
    filter: false,
};

/// Everything that takes a plan and a number, for its panics.
fn exercise(plan: &DialPlan, number: &str) {
    for filter in [false, true] {
        let evaluation = plan.evaluate(number, Policy { filter });
        for found in evaluation.matches {
            assert!(plan.branch_text(found.branch).is_some());
        }
        plan.decide(number, Policy { filter });
        if let Ok(explanation) = plan.explain(number, Timing { filter, ..TIMING }) {
            assert!(!explanation.to_string().is_empty());
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in ".{0,600}", number in ".{0,40}") {
        match DialPlan::parse(&text) {
            Ok(plan) => exercise(&plan, &number),
            Err(error) => prop_assert!(text.is_char_boundary(error.at().byte)),
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(plan) = DialPlan::parse(&text) {
            exercise(&plan, &text);
        }
    }

    #[test]
    fn text_like_a_plan_is_read_and_printed_stably(text in almost_plan(), number in "[0-9*#+]{0,12}") {
        match DialPlan::parse(&text) {
            Ok(plan) => {
                let printed = plan.to_string();
                let again = DialPlan::parse(&printed).expect("a printed plan is a plan");
                prop_assert_eq!(&again, &plan);
                prop_assert_eq!(again.to_string(), printed);
                exercise(&plan, &number);
            }
            Err(error) => {
                prop_assert!(text.is_char_boundary(error.at().byte));
                let column = text[..error.at().byte].chars().count() + 1;
                prop_assert_eq!(error.at().column, column);
            }
        }
    }

    #[test]
    fn printed_plans_read_back(branches in branches()) {
        let plan = parse(&branches);
        prop_assert_eq!(DialPlan::parse(&plan.to_string()).expect("a printed plan is a plan"), plan);
    }

    #[test]
    fn matches_agree_with_a_simple_matcher(branches in branches(), dialled in "[123*]{1,7}") {
        let plan = parse(&branches);
        let evaluation = plan.evaluate(&dialled, Policy { filter: true });
        for (index, branch) in branches.iter().enumerate() {
            let text = branch.text();
            let found = evaluation.matches.iter().find(|found| found.branch == index).map(|found| found.extent);
            let number = branch.rewritten(&dialled);
            let whole = match branch.ending {
                "!" => number.is_some(),
                _ => number.as_ref().is_some_and(|number| !number.is_empty()),
            };
            let longer = ["0", "1", "2", "3", "*"].iter().any(|next| branch.begins_with(&format!("{dialled}{next}")));
            let expected = match (whole, longer) {
                (true, false) => Some(Extent::Complete),
                (true, true) => Some(Extent::Open),
                (false, _) => branch.begins_with(&dialled).then_some(Extent::Partial),
            };
            prop_assert_eq!(found, expected, "{} and {}", text, dialled);

            // Alone, so that no other branch decides.
            let alone = parse(std::slice::from_ref(branch));
            if whole && branch.ending != "!" {
                match alone.evaluate(&dialled, Policy { filter: true }).outcome {
                    Outcome::DialNow { number: called, .. } => {
                        prop_assert!(branch.ending.is_empty() && !longer);
                        prop_assert_eq!(Some(called), number);
                    }
                    Outcome::DialAfterInterDigit { number: called, .. } => {
                        prop_assert!(branch.ending.is_empty() && longer);
                        prop_assert_eq!(Some(called), number);
                    }
                    Outcome::DialAfter { number: called, .. } => {
                        prop_assert!(!branch.ending.is_empty());
                        prop_assert_eq!(Some(called), number);
                    }
                    other => prop_assert!(false, "{} and {}: {:?}", text, dialled, other),
                }
            }
        }
    }

    #[test]
    fn every_attempt_ends_with_one_output(branches in branches(), keys in "[0-9*#+]{0,10}", gaps in prop::collection::vec(0u64..9, 10)) {
        let mut dialer = Dialer::new(Arc::new(parse(&branches)), TIMING, Duration::ZERO);
        let mut now = Duration::ZERO;
        let mut outputs = 0;
        for (key, gap) in keys.chars().zip(gaps) {
            now += Duration::from_secs(gap);
            outputs += usize::from(dialer.key(now, Digit::new(key).expect("a digit")).is_some());
            prop_assert_eq!(dialer.is_done(), outputs == 1);
        }
        if let Some(end) = dialer.next_timeout() {
            outputs += usize::from(dialer.timeout(end).is_some());
        }
        prop_assert_eq!(outputs, 1);
        prop_assert!(dialer.is_done());
    }
}

#[test]
fn hostile_plans_cost_no_more_than_their_length() {
    // A backtracking matcher would try some 2^60 ways through each of these branches.
    let branch = format!("{}9", "x.".repeat(31));
    let plan = DialPlan::parse(&[branch.as_str(); 7].join("|")).expect("within the limits");
    let number = "1".repeat(2000);
    let started = Instant::now();
    plan.evaluate(&number, Policy { filter: true });
    plan.evaluate(&format!("{number}9"), Policy { filter: true });
    assert!(started.elapsed() < Duration::from_secs(10));
}
