//! Which field of an instance may be the one that we call otherwise?

use crate::diagnostic::likeness;

/// How alike two names have to be, in thousandths.
const ALIKE: u32 = 500;

/// The one name that is nearer than all others, and near enough to be asked about.
pub(super) fn nearest<'n>(name: &str, others: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut scored: Vec<(u32, &str)> = others.into_iter().map(|other| (score(name, other), other)).collect();
    scored.retain(|(score, _)| *score >= ALIKE);
    scored.sort_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(two.1)));
    match scored.as_slice() {
        [(first, _), (second, _), ..] if first == second => None,
        [(_, best), ..] => Some(best),
        [] => None,
    }
}

/// By letters, or by the words that the names are made of: `VendorRef` and `ExternalReference` share one of two.
fn score(name: &str, other: &str) -> u32 {
    let (ours, theirs) = (words(name), words(other));
    let same = ours.iter().filter(|word| theirs.iter().any(|other| is_same(word, other))).count();
    let longest = ours.len().max(theirs.len()).max(1);
    let by_words = u32::try_from(same * 1000 / longest).unwrap_or(0);
    likeness(&name.to_lowercase(), &other.to_lowercase()).max(by_words)
}

/// `Ref` is short for `Reference`.
fn is_same(one: &str, other: &str) -> bool {
    one == other || (one.len().min(other.len()) >= 3 && (one.starts_with(other) || other.starts_with(one)))
}

/// `["external", "reference"]` of `ExternalReference`; what the platform puts before names of its own is no word.
fn words(name: &str) -> Vec<String> {
    let name = ["Usr", "Attribute"].iter().find_map(|prefix| name.strip_prefix(prefix).filter(|rest| !rest.is_empty())).unwrap_or(name);
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for letter in name.chars() {
        let begins = words.is_empty() || letter == '_' || (letter.is_uppercase() && before.is_lowercase());
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter != '_') {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_renamed_field_is_found_by_its_words_or_its_letters() {
        assert_eq!(nearest("VendorRef", ["ExternalReference", "Amount"]), Some("ExternalReference"));
        assert_eq!(nearest("Description", ["Descripton", "Date"]), Some("Descripton"));
        assert_eq!(nearest("SiteCode", ["UsrSiteCode", "UsrZone"]), Some("UsrSiteCode"));
        assert_eq!(nearest("DoNotPrint", ["Amount", "Terms"]), None);
    }

    #[test]
    fn two_that_are_equally_near_are_nobodys_guess() {
        assert_eq!(nearest("VendorRef", ["ExternalReference", "InternalReference"]), None);
    }
}
