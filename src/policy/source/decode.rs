//! The tree as what serde reads: what the schema lets through becomes the control policy, and what
//! a type refuses besides is told where it stands.

use super::{
    scalar::Meant,
    tree::{Content, Entry, Node},
};
use serde::{
    Deserialize,
    de::{
        self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};
use std::{fmt, ops::Range, slice::Iter};

/// Reads what the tree says.
pub(super) fn decode<'t, T: Deserialize<'t>>(tree: &'t Node) -> Result<T, Refusal> {
    T::deserialize(tree).map_err(|refusal| refusal.at(tree))
}

/// What a type does not accept.
#[derive(Debug)]
pub(super) struct Refusal {
    pub why: String,
    /// The innermost value that was refused.
    pub span: Option<Range<usize>>,
}

impl Refusal {
    fn at(self, node: &Node) -> Self {
        Self { span: self.span.or_else(|| Some(node.focus())), ..self }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self { why: why.to_string(), span: None }
    }
}

impl<'de> de::Deserializer<'de> for &'de Node {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match &self.content {
            Content::Scalar(scalar) => match scalar.meant() {
                Meant::Null => visitor.visit_unit(),
                Meant::Bool(truth) => visitor.visit_bool(truth),
                Meant::Integer(integer) => visitor.visit_i64(integer),
                Meant::Number(number) => visitor.visit_f64(number),
                Meant::Text(text) => visitor.visit_borrowed_str(text),
            },
            Content::List(items) => visitor.visit_seq(Items(items.iter())),
            Content::Mapping(entries) => {
                visitor.visit_map(Entries { rest: entries.iter(), value: None })
            }
            Content::Refused => Err(de::Error::custom("refused before")),
        }
        .map_err(|refusal: Refusal| refusal.at(self))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match &self.content {
            Content::Scalar(scalar) if scalar.meant() == Meant::Null => visitor.visit_none(),
            Content::Scalar(_) | Content::List(_) | Content::Mapping(_) | Content::Refused => {
                visitor.visit_some(self)
            }
        }
        .map_err(|refusal: Refusal| refusal.at(self))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self).map_err(|refusal: Refusal| refusal.at(self))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match &self.content {
            Content::Mapping(entries) => visitor.visit_enum(MapAccessDeserializer::new(Entries {
                rest: entries.iter(),
                value: None,
            })),
            Content::Scalar(scalar) => {
                visitor.visit_enum(StrDeserializer::new(scalar.text.as_str()))
            }
            Content::List(_) | Content::Refused => Err(de::Error::custom("not one of the values")),
        }
        .map_err(|refusal: Refusal| refusal.at(self))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<'t>(Iter<'t, Node>);

impl<'t> SeqAccess<'t> for Items<'t> {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'t>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refusal> {
        let Some(item) = self.0.next() else { return Ok(None) };
        seed.deserialize(item).map(Some).map_err(|refusal| refusal.at(item))
    }
}

struct Entries<'t> {
    rest: Iter<'t, Entry>,
    value: Option<&'t Entry>,
}

impl<'t> MapAccess<'t> for Entries<'t> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'t>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        self.value = self.rest.next();
        let Some(entry) = self.value else { return Ok(None) };
        let key = IntoDeserializer::<Refusal>::into_deserializer(entry.key.as_str());
        seed.deserialize(key).map(Some).map_err(|refusal| Refusal {
            span: refusal.span.or_else(|| Some(entry.key_span.clone())),
            ..refusal
        })
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let Some(entry) = self.value.take() else {
            return Err(de::Error::custom("a value without a key"));
        };
        seed.deserialize(&entry.value).map_err(|refusal| refusal.at(&entry.value))
    }
}
