//! Large bodies, each kept once under the digest of its bytes.

use rusqlite::params;

use super::{Digest, Reading, StoreError, Writing};

impl Reading<'_> {
    /// The bytes of a body.
    ///
    /// # Errors
    /// A body whose bytes no longer have its digest, which only damage brings about.
    pub fn body(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let body = self.row("select content from body where hash = $1", params![digest], |row| row.get::<_, Vec<u8>>(0))?;
        match body {
            Some(bytes) if Digest::of(&bytes) != *digest => Err(StoreError::damaged(format!("the body `{digest}` has changed"))),
            other => Ok(other),
        }
    }
}

impl Writing<'_> {
    /// Keeps a body; one that is there already is kept once.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn keep_body(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        self.execute("insert into body (hash, content) values ($1, $2) on conflict (hash) do nothing", params![digest, bytes])?;
        Ok(digest)
    }
}
