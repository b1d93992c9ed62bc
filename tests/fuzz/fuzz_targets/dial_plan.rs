//! Reads any text as a dial plan; what is read has a text that is read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offhook_dialplan::DialPlan;

fuzz_target!(|text: &str| {
    if let Ok(plan) = DialPlan::parse(text) {
        let again = DialPlan::parse(plan.text()).expect("a plan's own text is a plan");
        assert_eq!(again.text(), plan.text());
    }
});
