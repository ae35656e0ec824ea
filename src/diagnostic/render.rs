//! The one place where a problem becomes text: excerpt, caret, remedy.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Diagnostic, Severity};

/// Problems as text for people, one after another with a blank line between.
pub fn render(diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let texts: Vec<String> = diagnostics.iter().map(|diagnostic| one(diagnostic, &renderer)).collect();
    texts.join("\n\n")
}

fn one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code)
        .elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
    if let Some(place) = &diagnostic.place {
        let mut snippet = Snippet::source(place.source.text.as_str())
            .path(place.source.path.display().to_string())
            .annotation(AnnotationKind::Primary.span(place.span.clone()).label(diagnostic.label.as_str()));
        for (other, label) in &diagnostic.related {
            if other.source == place.source {
                snippet = snippet.annotation(AnnotationKind::Context.span(other.span.clone()).label(label.as_str()));
            }
        }
        group = group.element(snippet);
        for (other, label) in &diagnostic.related {
            if other.source != place.source {
                group = group.element(
                    Snippet::source(other.source.text.as_str())
                        .path(other.source.path.display().to_string())
                        .annotation(AnnotationKind::Context.span(other.span.clone()).label(label.as_str())),
                );
            }
        }
    }
    if let Some(note) = &diagnostic.note {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}
