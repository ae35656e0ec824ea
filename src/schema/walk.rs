//! Every field of a shape with its path, records and lines stepped into.

use super::field::{Field, Shape};

/// A field where it stands.
#[derive(Clone, Debug)]
pub struct Placed<'s> {
    /// Its path: `Details.OrderQty`.
    pub path: String,
    /// The field.
    pub field: &'s Field,
    /// It, or a record above it, is computed by the system.
    pub read_only: bool,
    /// The first version of Acumatica's own endpoint that has it, or what it stands in.
    pub since: Option<&'s str>,
}

impl Shape {
    /// Every field, outer ones before what is in them, in the order of the schema file.
    pub fn placed(&self) -> Vec<Placed<'_>> {
        let mut placed = Vec::new();
        self.place(None, &mut placed);
        placed
    }

    fn place<'s>(&'s self, above: Option<&Placed<'s>>, into: &mut Vec<Placed<'s>>) {
        for field in &self.fields {
            let here = Placed {
                path: above.map_or_else(|| field.name.clone(), |above| format!("{}.{}", above.path, field.name)),
                field,
                read_only: field.read_only || above.is_some_and(|above| above.read_only),
                // The later of both; versions are written with the same number of digits.
                since: field.since.as_deref().max(above.and_then(|above| above.since)),
            };
            into.push(here.clone());
            if let Some(inner) = &field.shape {
                inner.place(Some(&here), into);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;
    use std::path::Path;

    #[test]
    fn what_holds_for_a_record_holds_for_what_is_in_it() {
        let text = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Bill","id":"id","key":["id"],"wire":{"form":"X"}},
            "properties":{"id":{"type":"string"},"Total":{"type":"object","readOnly":true,"x-since":"23.200.001","properties":
            {"Tax":{"type":"number"},"Late":{"type":"number","x-since":"25.200.001"}}}}}"#;
        let schema = load(Path::new("Bill.json"), text).unwrap();
        let told: Vec<_> = schema
            .shape
            .placed()
            .into_iter()
            .map(|placed| (placed.path, placed.read_only, placed.since.unwrap_or("-").to_owned()))
            .collect();
        let row = |path: &str, read_only, since: &str| (path.to_owned(), read_only, since.to_owned());
        let expected = [
            row("id", false, "-"),
            row("Total", true, "23.200.001"),
            row("Total.Tax", true, "23.200.001"),
            row("Total.Late", true, "25.200.001"),
        ];
        assert_eq!(told, expected);
    }
}
