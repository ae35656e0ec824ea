//! Whether the journal is what was written: no entry changed, removed or moved, every body there and whole.

use std::collections::BTreeMap;

use super::column::Bodies;
use super::journal::{COLUMNS, Content};
use super::{Digest, Reading, StoreError};

/// What a check of the journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries were read.
    pub entries: u64,
    /// How many bodies were read.
    pub bodies: u64,
    /// The seal of the newest entry. Who keeps a copy of it elsewhere can tell even from a chain that was forged whole.
    pub head: Option<Digest>,
    /// Every place where something is wrong, in order; empty for a sound journal.
    pub problems: Vec<Problem>,
}

/// Something is wrong with the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The entry.
    pub seq: u64,
    /// What is wrong with it.
    pub what: String,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Reading<'_> {
    /// Checks the whole journal: each seal against its entry and the seal before, the numbers, the newest entry against
    /// the head that is kept apart, and each body against its digest.
    ///
    /// # Errors
    /// A file that cannot be read. A journal that was tampered with is no error but a [`Verdict`].
    pub fn verify_journal(&self) -> Result<Verdict, StoreError> {
        let mut chain = Chain::default();
        self.each_row(&format!("select {COLUMNS} from journal order by seq"), [], |row| {
            match (Content::row(row), row.get(10)) {
                (Ok(content), Ok(hash)) => chain.next(&content, hash),
                _ => chain.unreadable(row.get(0)?),
            }
            Ok(())
        })?;
        let head = self.row("select seq, hash from journal_head where id = 1", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        chain.end(head);
        let mut bodies = 0;
        let mut needed = std::mem::take(&mut chain.bodies);
        self.each_row("select hash, content from body", [], |row| {
            let name: String = row.get(0)?;
            // Whatever stands there: somebody who tampers may leave a text for a blob.
            let content = row.get_ref(1)?.as_bytes().map(Digest::of);
            bodies += 1;
            if let Some((seq, part)) = needed.remove(&name)
                && content.map_or(true, |digest| digest.as_str() != name)
            {
                chain.problem(seq, format!("its body `{part}` has changed"));
            }
            Ok(())
        })?;
        for (seq, part) in needed.into_values() {
            chain.problem(seq, format!("its body `{part}` is gone"));
        }
        chain.problems.sort_by_key(|problem| problem.seq);
        Ok(Verdict { entries: chain.entries, bodies, head: Digest::from_hex(&chain.hash), problems: chain.problems })
    }
}

/// The chain as far as it was followed.
#[derive(Default)]
struct Chain {
    entries: u64,
    seq: i64,
    hash: String,
    /// Each body with the first entry that names it.
    bodies: BTreeMap<String, (i64, String)>,
    problems: Vec<Problem>,
}

impl Chain {
    fn next(&mut self, content: &Content, hash: String) {
        self.entries += 1;
        self.missing(self.seq + 1, content.seq);
        // After a gap the seal before is unknown; the gap is told already.
        let follows = content.seq == self.seq + 1;
        if follows && content.seal(&self.hash).as_str() != hash {
            self.problem(content.seq, "it was changed, or stands in a place that is not its own".to_owned());
        }
        match Bodies::from_text(&content.bodies) {
            Some(bodies) => {
                for (part, digest) in bodies {
                    self.bodies.entry(digest.as_str().to_owned()).or_insert((content.seq, part));
                }
            }
            None => self.problem(content.seq, "its list of bodies cannot be read".to_owned()),
        }
        (self.seq, self.hash) = (content.seq, hash);
    }

    fn unreadable(&mut self, seq: i64) {
        self.entries += 1;
        self.missing(self.seq + 1, seq);
        self.problem(seq, "it cannot be read".to_owned());
        (self.seq, self.hash) = (seq, String::new());
    }

    fn end(&mut self, head: Option<(i64, String)>) {
        match head {
            None => self.problem(self.seq, "the head of the journal is gone".to_owned()),
            Some((seq, _)) if seq > self.seq => self.missing(self.seq + 1, seq + 1),
            Some((seq, hash)) if seq < self.seq || hash != self.hash => {
                self.problem(self.seq, "the head of the journal does not name it as the newest entry".to_owned());
            }
            Some(_) => {}
        }
    }

    fn missing(&mut self, from: i64, next: i64) {
        if from + 1 == next {
            self.problem(from, "it is gone".to_owned());
        } else if from < next {
            self.problem(from, format!("it and the entries up to `{}` are gone", next - 1));
        }
    }

    fn problem(&mut self, seq: i64, what: String) {
        self.problems.push(Problem { seq: u64::try_from(seq).unwrap_or_default(), what });
    }
}
