//! Expressions that are nothing but a path: what they give has a known kind, so that it is seen before the run whether it fits.

use super::Formula;
use crate::schema::Kind;

impl Formula {
    /// What `source.vendor.name` (or a path into the line) holds; none for any other expression.
    pub(super) fn plain_kind(&self) -> Option<Kind> {
        let path = self.written.replace("?.", ".");
        let is =
            |root: &str, part: &super::Part| path.strip_prefix(root).and_then(|rest| rest.strip_prefix('.')) == Some(part.path.as_str());
        let (root, part) = match (self.source.as_slice(), self.line.as_slice()) {
            ([part], []) => ("source", part),
            ([], [part]) => ("line", part),
            _ => return None,
        };
        part.field.as_ref().filter(|_| is(root, part)).map(|field| field.kind)
    }
}
