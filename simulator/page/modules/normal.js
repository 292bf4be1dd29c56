/** The standard normal distribution: its cdf, the log of it, and its quantiles. */

const LOG_ROOT_TWO_PI = 0.91893853320467274178;
const FARTHEST = 38.5; // past it a level is no double

/**
 * Density over probability up to a score below -3, by Laplace's continued fraction.
 * @param {number} z
 * @returns {number}
 */
function tailFraction(z) {
  let fraction = -z;
  for (let i = 150; i > 0; i--) fraction = -z + i / fraction;
  return fraction;
}

/**
 * Probability up to a score, exact to the last digits in the lower tail too.
 * Marsaglia (2004), "Evaluating the normal distribution"; Laplace's continued fraction far out.
 * @param {number} z
 * @returns {number}
 */
export function normalCdf(z) {
  if (z > 3) return 1 - normalCdf(-z);
  const density = Math.exp(-0.5 * z * z - LOG_ROOT_TWO_PI);
  if (z < -3) return density / tailFraction(z);
  let sum = z;
  let before = 0;
  let term = z;
  for (let i = 3; sum !== before; i += 2) {
    before = sum;
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + sum * density;
}

/**
 * Log of the probability up to a score, exact to the last digits in both tails.
 * @param {number} z
 * @returns {number}
 */
export function logNormalCdf(z) {
  if (Number.isNaN(z)) return NaN;
  if (z > 0) return Math.log1p(-normalCdf(-z));
  if (z > -3) return Math.log(normalCdf(z));
  return -0.5 * z * z - LOG_ROOT_TWO_PI - Math.log(tailFraction(z));
}

const MIDDLE = [
  [2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608],
  [5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1],
];
const SIDE = [
  [7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734],
  [1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1],
];
const TAIL = [
  [2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772],
  [2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1],
];

/**
 * @param {number[][]} ratio coefficients of numerator and denominator, the highest power first
 * @param {number} x
 * @returns {number}
 */
function rational(ratio, x) {
  let above = 0;
  let below = 0;
  for (const c of ratio[0]) above = above * x + c;
  for (const c of ratio[1]) below = below * x + c;
  return above / below;
}

/**
 * Score of a probability level. Wichura (1988), algorithm AS 241, to 16 digits.
 * @param {number} level in (0, 1)
 * @returns {number}
 */
export function normalQuantile(level) {
  const q = level - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(MIDDLE, 0.180625 - q * q);
  const tail = q < 0 ? level : 1 - level;
  if (!(tail > 0)) return q < 0 ? -FARTHEST : FARTHEST;
  const r = Math.sqrt(-Math.log(tail));
  const score = r <= 5 ? rational(SIDE, r - 1.6) : rational(TAIL, r - 5);
  return q < 0 ? -score : score;
}
