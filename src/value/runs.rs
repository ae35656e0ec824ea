//! How far do bytes of one kind go? Sixteen of them are looked at together.

const ONES: u64 = u64::MAX / 255;
const HIGHEST: u64 = ONES << 7;

/// How many bytes come before the next quote, backslash or control character.
#[inline]
pub fn plain_run(bytes: &[u8]) -> usize {
    run(bytes, sixteen::special, |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
}

/// How many bytes come before the next that is no digit.
#[inline]
pub fn digit_run(bytes: &[u8]) -> usize {
    run(bytes, sixteen::other, |byte| !byte.is_ascii_digit())
}

/// Whether there is no quote, backslash or control character: such a text needs no escapes in JSON.
#[inline]
pub fn is_plain(bytes: &[u8]) -> bool {
    all(bytes, plain_run, specials)
}

/// Whether all bytes are digits.
#[inline]
pub fn is_digits(bytes: &[u8]) -> bool {
    all(bytes, digit_run, others)
}

/// The bytes before the first that ends the run. `first` tells the first of sixteen that does.
#[inline]
fn run(bytes: &[u8], first: impl Fn(&[u8; 16]) -> Option<usize>, is_end: impl Fn(u8) -> bool) -> usize {
    let mut at = 0;
    while let Some(block) = bytes[at..].first_chunk() {
        if let Some(end) = first(block) {
            return at + end;
        }
        at += 16;
    }
    at + bytes[at..].iter().position(|byte| is_end(*byte)).unwrap_or(bytes.len() - at)
}

/// Whether no byte ends a run: a short text is looked at from both of its ends.
#[inline]
fn all(bytes: &[u8], run: impl Fn(&[u8]) -> usize, ends: impl Fn(u64) -> u64) -> bool {
    let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    match (bytes.len(), bytes.first_chunk(), bytes.last_chunk()) {
        (8..=16, Some(first), Some(last)) => (ends(u64::from_le_bytes(*first)) | ends(u64::from_le_bytes(*last))) == 0,
        (4..8, ..) => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => ends(half(first) | half(last) << 32) == 0,
            _ => false,
        },
        _ => run(bytes) == bytes.len(),
    }
}

// Each marks bytes of a word by their highest bit: the first one for certain; those after it may be marked by mistake.

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

/// The first of sixteen bytes that ends a run.
mod sixteen {
    use wide::u8x16;

    #[inline]
    pub(super) fn special(block: &[u8; 16]) -> Option<usize> {
        let bytes = u8x16::new(*block);
        let controls = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
        first(bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\')) | controls)
    }

    #[inline]
    pub(super) fn other(block: &[u8; 16]) -> Option<usize> {
        let above = u8x16::new(*block) - u8x16::splat(b'0');
        first(above.max(u8x16::splat(10)).simd_eq(above))
    }

    #[inline]
    fn first(marked: u8x16) -> Option<usize> {
        let marks = marked.to_bitmask();
        (marks != 0).then(|| marks.trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{digit_run, is_digits, is_plain, plain_run};

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
            prop_assert_eq!(is_digits(bytes), digits == bytes.len());
            let plain = bytes.iter().take_while(|byte| **byte >= b' ' && **byte != b'"' && **byte != b'\\').count();
            prop_assert_eq!(plain_run(bytes), plain);
            prop_assert_eq!(is_plain(bytes), plain == bytes.len());
        }
    }
}
