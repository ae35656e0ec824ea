//! How far do bytes of one kind go? Eight of them are looked at together.

const ONES: u64 = u64::MAX / 255;
const HIGHEST: u64 = ONES << 7;

/// How many bytes come before the next quote, backslash or control character.
#[inline]
pub fn plain_run(bytes: &[u8]) -> usize {
    run(bytes, specials, |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
}

/// How many bytes come before the next that is no digit.
#[inline]
pub fn digit_run(bytes: &[u8]) -> usize {
    run(bytes, others, |byte| !byte.is_ascii_digit())
}

/// The bytes before the first that ends the run. `ends` marks such bytes of a word by their highest bit: the first one for certain;
/// those after it may be marked by mistake.
#[inline]
fn run(bytes: &[u8], ends: impl Fn(u64) -> u64, is_end: impl Fn(u8) -> bool) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (nth, word) in words.iter().enumerate() {
        let ends = ends(u64::from_le_bytes(*word));
        if ends != 0 {
            return nth * 8 + ends.trailing_zeros() as usize / 8;
        }
    }
    words.len() * 8 + rest.iter().position(|byte| is_end(*byte)).unwrap_or(rest.len())
}

#[inline]
fn specials(word: u64) -> u64 {
    let (quote, backslash) = (word ^ (ONES * 0x22), word ^ (ONES * 0x5c));
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    (zero(quote) | zero(backslash) | (word.wrapping_sub(ONES * 0x20) & !word)) & HIGHEST
}

#[inline]
fn others(word: u64) -> u64 {
    let above = word ^ (ONES * 0x30);
    (above.wrapping_add(ONES * 0x76) | above) & HIGHEST
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{digit_run, plain_run};

    #[test]
    fn a_run_of_plain_text_ends_at_the_first_special_byte() {
        for (text, length) in [("abc", 3), ("abcdefgh\"", 8), ("abcdefghi\\\"", 9), ("\u{1f}", 0), ("äöüäöüäöü\n", 18), ("1234567 \"", 8)]
        {
            assert_eq!(plain_run(text.as_bytes()), length, "{text}");
        }
    }

    proptest! {
        #[test]
        fn runs_end_where_bytes_say_so(text in r#"[0-9]{0,20}[\PC\x00-\x1f"\\]{0,12}[0-9/:.,e]{0,9}"#) {
            let bytes = text.as_bytes();
            let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            prop_assert_eq!(digit_run(bytes), digits);
            let plain = bytes.iter().take_while(|byte| **byte >= b' ' && **byte != b'"' && **byte != b'\\').count();
            prop_assert_eq!(plain_run(bytes), plain);
        }
    }
}
