//! How does an imitated Acumatica behave on the wire? Files that are attached to records.

use super::books::Books;
use super::errors::Problem;
use super::fields::{Fields, guid};
use crate::connector::{Request, Response};
use crate::sandbox::wire::{empty_answer, with_header};
use crate::value::{Record, Value};

/// Attaches the body under a name; a file of the same name is replaced. `$expand=files` lists it afterwards.
pub(super) fn attach(books: &mut Books, (entity, id): (&str, &str), name: &str, request: &Request) -> Result<Response, Problem> {
    let comment = request.header("px-cbfilecomment").unwrap_or_default();
    if comment.chars().count() > 500 {
        return Err(Problem::px("The file comment is longer than 500 characters."));
    }
    let file = guid(books.seed(), &["file", id, name]);
    let href = format!("{}/entity/files/{file}", books.options.site);
    let link = Record::from_iter([("id", file.as_str()), ("filename", name), ("href", &href), ("comment", comment)]);
    books.change(entity, id, |record| {
        let mut files: Vec<Value> = record.lines("files").iter().filter(|known| known.at("id") != link.get("id")).cloned().collect();
        files.push(link.into());
        record.set("files", files);
    });
    Ok(with_header(empty_answer(204), "location", href))
}
