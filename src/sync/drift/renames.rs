//! Codes that were changed while their links were there: what the journal knows of them, oldest names included.

use std::collections::HashMap;

use crate::store::JournalFilter;
use crate::sync::engine::Engine;
use crate::sync::failure::Failure;

/// Entries that are read at once.
const AT_ONCE: usize = 5_000;

impl Engine<'_> {
    /// Each earlier code in Acumatica of a linked record, with the one that its link knows now.
    ///
    /// # Errors
    /// A state file that cannot be read.
    pub(super) async fn renames(&self) -> Result<Vec<(String, String)>, Failure> {
        let mut names: HashMap<String, Vec<String>> = HashMap::new();
        let mut after = None;
        loop {
            let filter = JournalFilter { kind: Some("link.".to_owned()), after, limit: Some(AT_ONCE), ..JournalFilter::default() };
            let entries = self.worker.store().read(move |reading| reading.journal_entries(&filter)).await?;
            let Some(last) = entries.last() else { break };
            after = Some(last.seq);
            for entry in &entries {
                let details = &entry.entry.details;
                let link = details.get("link").map(ToString::to_string).unwrap_or_default();
                let Some((key, _)) = details.text("acumatica").and_then(|end| end.rsplit_once(" (")) else { continue };
                let known = names.entry(link).or_default();
                if known.last().is_none_or(|name| name != key) {
                    known.push(key.to_owned());
                }
            }
        }
        let pairs = names.into_values().filter_map(|mut names| names.pop().map(|now| (names, now)));
        Ok(pairs.flat_map(|(earlier, now)| earlier.into_iter().map(move |old| (old, now.clone()))).collect())
    }
}
