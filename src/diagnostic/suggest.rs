//! "Did you mean": the known word that is nearest to the one that was written.

/// The nearest of `known` to `written`, when it is near enough to be a slip.
pub fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written_low = written.to_lowercase();
    known
        .into_iter()
        .filter(|word| *word != written)
        .map(|word| (strsim::damerau_levenshtein(&written_low, &word.to_lowercase()), word))
        .filter(|(distance, word)| *distance <= 1 + word.chars().count().max(written.chars().count()) / 4)
        .min_by_key(|(distance, word)| (*distance, word.len(), *word))
        .map(|(_, word)| word)
}

/// A remedy line: `did you mean `name`?`, or the choices when there are few.
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(word) = closest(written, known.clone()) {
        return Some(format!("did you mean `{word}`?"));
    }
    let words: Vec<&str> = known.into_iter().collect();
    let listed = || words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    (!words.is_empty() && words.len() <= 12).then(|| format!("expected one of {}", listed()))
}

/// How alike two words are, in thousandths: 1000 for the same, 0 where nothing agrees.
pub fn likeness(one: &str, other: &str) -> u32 {
    let longest = one.chars().count().max(other.chars().count());
    if longest == 0 {
        return 1000;
    }
    let same = longest - strsim::damerau_levenshtein(one, other).min(longest);
    u32::try_from(same * 1000 / longest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{closest, did_you_mean, likeness};

    #[test]
    fn likeness_falls_with_every_slip() {
        assert_eq!((likeness("", ""), likeness("acme", "acme"), likeness("acme", "amce"), likeness("acme", "")), (1000, 1000, 750, 0));
    }

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
        let known = ["name", "address", "vendor_group"];
        assert_eq!(closest("nmae", known), Some("name"));
        assert_eq!(closest("adress", known), Some("address"));
        assert_eq!(closest("quantity", known), None);
        assert_eq!(did_you_mean("zzzzzzzz", known).as_deref(), Some("expected one of `name`, `address`, `vendor_group`"));
    }
}
