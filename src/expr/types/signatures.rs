//! What does each function take and give? By kinds; what depends on its arguments is said in `typing`.

use super::Kinds;

/// The kinds of a function's parameters (the last stands for all further ones) and of what it gives.
pub(super) struct Signature {
    pub(super) takes: &'static [Kinds],
    pub(super) gives: Kinds,
}

const TEXT: Kinds = Kinds::TEXT;
const NUMBER: Kinds = Kinds::NUMBER;
const BOOL: Kinds = Kinds::BOOL;
const LIST: Kinds = Kinds::LIST;
const ANY: Kinds = Kinds::ANY;
/// What stands for a key; nothing is linked to `()`.
const KEY: Kinds = Kinds::ANY_KEY;

impl Kinds {
    const ANY_KEY: Self = Self(1 | 2 | 4 | 8);
    const TEXT_OR_LIST: Self = Self(8 | 16);
}

/// What is known of a function.
pub(super) fn signature(name: &str) -> Option<Signature> {
    let (takes, gives): (&'static [Kinds], Kinds) = match name {
        "trim" | "upper" | "lower" | "digits" | "date" | "period" => (&[TEXT], TEXT),
        "length" | "year" | "month" | "day" => (&[TEXT], NUMBER),
        "substring" => (&[TEXT, NUMBER], TEXT),
        "starts_with" | "ends_with" => (&[TEXT, TEXT], BOOL),
        "contains" => (&[Kinds::TEXT_OR_LIST, ANY], BOOL),
        "replace" => (&[TEXT], TEXT),
        "split" => (&[TEXT], LIST),
        "join" => (&[LIST, TEXT], TEXT),
        "pad_left" => (&[TEXT, NUMBER, TEXT], TEXT),
        "blank" => (&[ANY], BOOL),
        "budget_code" => (&[TEXT], Kinds::RECORD),
        "refuse" => (&[TEXT], Kinds::NONE),
        "lookup" => (&[TEXT, KEY, ANY], ANY),
        "linked" | "linked_key" | "linked_back" => (&[TEXT, KEY], TEXT),
        "linked_line" => (&[TEXT, KEY, TEXT, KEY], TEXT),
        "decimal" => (&[Kinds::ORDERED], NUMBER),
        "round_half_up" | "round_half_even" | "round_down" | "abs" | "overlap" => (&[NUMBER], NUMBER),
        "min" | "max" => (&[Kinds::ORDERED], Kinds::ORDERED),
        "today" => (&[], TEXT),
        "add_days" => (&[TEXT, NUMBER], TEXT),
        "sum" => (&[LIST, ANY], NUMBER),
        "count" => (&[LIST], NUMBER),
        "first" => (&[LIST], ANY),
        "map" | "filter" => (&[LIST, ANY], LIST),
        "some" | "all" => (&[LIST, ANY], BOOL),
        _ => return None,
    };
    Some(Signature { takes, gives })
}

#[cfg(test)]
mod tests {
    use super::signature;
    use crate::expr::function_names;

    #[test]
    fn every_function_has_a_signature() {
        let without: Vec<&str> = function_names().filter(|name| signature(name).is_none()).collect();
        assert!(without.is_empty(), "{without:?}");
    }
}
