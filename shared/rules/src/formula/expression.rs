//! `(planned_cost - actual_cost) / planned_cost * 100`: names, numbers, four operations and brackets.

use rust_decimal::Decimal;

use crate::exact::{Exact, plain};
use crate::outcome::Refusal;

/// Brackets within brackets.
const DEEPEST: usize = 20;

/// Characters of a formula.
const LONGEST: usize = 1000;

/// A parsed formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Number(Decimal),
    Name(String),
    Apply { operation: char, left: Box<Self>, right: Box<Self> },
}

/// Why a text is no formula, for whoever wrote it.
pub(super) type Fault = String;

impl Expression {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > LONGEST {
            return Err(format!("公式不得超过 {LONGEST} 个字符"));
        }
        let mut parser = Parser { rest: text.trim_start(), depth: 0 };
        let expression = parser.sum()?;
        if parser.rest.is_empty() { Ok(expression) } else { Err(format!("多余的“{}”", parser.rest)) }
    }

    /// The names in the order of their first use.
    pub(super) fn names<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::Number(_) => {}
            Self::Name(name) if names.contains(&name.as_str()) => {}
            Self::Name(name) => names.push(name),
            Self::Apply { left, right, .. } => {
                left.names(names);
                right.names(names);
            }
        }
    }

    /// Divides as late as it can, so that a whole result stays whole. Nothing where a divisor is zero.
    pub(super) fn value(
        &self,
        quantity: &impl Fn(&str) -> Decimal,
        exact: Exact<'_>,
    ) -> Result<Option<Fraction>, Refusal> {
        let Self::Apply { operation, left, right } = self else {
            let upper = match self {
                Self::Number(number) => *number,
                Self::Name(name) => quantity(name),
                Self::Apply { .. } => Decimal::ZERO,
            };
            return Ok(Some(Fraction { upper, lower: Decimal::ONE }));
        };
        let (Some(left), Some(right)) = (left.value(quantity, exact)?, right.value(quantity, exact)?) else {
            return Ok(None);
        };
        let (upper, lower) = match operation {
            '*' => (exact.mul(left.upper, right.upper)?, exact.mul(left.lower, right.lower)?),
            '/' if right.upper.is_zero() => return Ok(None),
            '/' => (exact.mul(left.upper, right.lower)?, exact.mul(left.lower, right.upper)?),
            operation => {
                let (one, other) = (exact.mul(left.upper, right.lower)?, exact.mul(right.upper, left.lower)?);
                let upper = if *operation == '+' { exact.add(one, other)? } else { exact.sub(one, other)? };
                (upper, exact.mul(left.lower, right.lower)?)
            }
        };
        Ok(Some(Fraction { upper, lower }))
    }

    /// With `word` for each name, in the signs officials write.
    pub(super) fn written(&self, word: &impl Fn(&str) -> String) -> String {
        match self {
            Self::Number(number) => plain(*number),
            Self::Name(name) => word(name),
            Self::Apply { operation, left, right } => {
                let tight = matches!(operation, '*' | '/');
                let side = |side: &Self, right_side: bool| {
                    let text = side.written(word);
                    let bracketed = match side {
                        Self::Apply { operation: inner, .. } => {
                            (tight && matches!(inner, '+' | '-'))
                                || (right_side && matches!(operation, '-' | '/'))
                        }
                        _ => false,
                    };
                    if bracketed { format!("（{text}）") } else { text }
                };
                let sign = match operation {
                    '*' => "×",
                    '/' => "÷",
                    '-' => "−",
                    _ => "+",
                };
                format!("{} {sign} {}", side(left, false), side(right, true))
            }
        }
    }
}

/// `upper / lower`; `lower` is never zero.
pub(super) struct Fraction {
    pub(super) upper: Decimal,
    pub(super) lower: Decimal,
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn sum(&mut self) -> Result<Expression, Fault> {
        let mut left = self.product()?;
        while let Some(operation) = self.one_of(&['+', '-']) {
            left = apply(operation, left, self.product()?);
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, Fault> {
        let mut left = self.operand()?;
        while let Some(operation) = self.one_of(&['*', '/']) {
            left = apply(operation, left, self.operand()?);
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expression, Fault> {
        if self.one_of(&['(']).is_some() {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(format!("括号不得超过 {DEEPEST} 层"));
            }
            let inner = self.sum()?;
            self.depth -= 1;
            return self.one_of(&[')']).map(|_| inner).ok_or_else(|| "缺少右括号".into());
        }
        let end =
            self.rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '.');
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let operand = if word.starts_with(|letter: char| letter.is_ascii_lowercase()) && !word.contains('.') {
            Expression::Name(word.to_owned())
        } else {
            let number = Decimal::from_str_exact(word);
            Expression::Number(number.map_err(|_| format!("“{}”处须为数量名或数字", self.rest))?)
        };
        self.rest = rest.trim_start();
        Ok(operand)
    }

    fn one_of(&mut self, signs: &[char]) -> Option<char> {
        let sign = self.rest.chars().next().filter(|sign| signs.contains(sign))?;
        self.rest = self.rest[sign.len_utf8()..].trim_start();
        Some(sign)
    }
}

fn apply(operation: char, left: Expression, right: Expression) -> Expression {
    Expression::Apply { operation, left: Box::new(left), right: Box::new(right) }
}
