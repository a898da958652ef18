/**
 * The random numbers that torch 2 draws on a CPU, so that a training in the browser begins with the same tensors.
 *
 * Mersenne Twister: Matsumoto and Nishimura 1998, ACM TOMACS 8(1), as in ATen/core/MT19937RNGEngine.h. What is made of
 * its numbers: `normal_fill` and `uniform_real_distribution` of ATen/native/cpu/DistributionTemplates.h and
 * ATen/core/TransformationHelper.h. Uniform numbers are torch's bit for bit; normal ones differ by the rounding of its
 * float32 logarithm, sine and cosine.
 */

const [SIZE, SHIFT] = [624, 397];
const BLOCK = 16; // values that `normal_fill` makes together

export class Generator {
  state = new Uint32Array(SIZE);
  at = SIZE;

  /** @param {number} seed a whole number from 0 to 2 ** 32 - 1 */
  constructor(seed) {
    this.state[0] = seed;
    for (let i = 1; i < SIZE; i += 1) {
      const before = this.state[i - 1] ^ (this.state[i - 1] >>> 30);
      this.state[i] = Math.imul(1812433253, before) + i;
    }
  }

  /** 32 random bits. */
  next() {
    if (this.at === SIZE) this.twist();
    let bits = this.state[this.at++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  }

  twist() {
    const { state } = this;
    for (let i = 0; i < SIZE; i += 1) {
      const bits = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
      state[i] = state[(i + SHIFT) % SIZE] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
    }
    this.at = 0;
  }

  /** A float32 from 0 to below 1. */
  unit() {
    return (this.next() & 0xffffff) / 2 ** 24;
  }

  /**
   * As `torch.empty(count).uniform_(-bound, bound)`.
   * @param {number} count
   * @param {number} bound
   */
  uniform(count, bound) {
    const from = Math.fround(-bound);
    const range = Math.fround(Math.fround(bound) - from);
    return Float64Array.from({ length: count }, () => Math.fround(Math.fround(this.unit() * range) + from));
  }

  /**
   * As `torch.randn(count)`, of at least 16 values.
   * @param {number} count
   */
  normal(count) {
    const values = Float64Array.from({ length: count }, () => this.unit());
    for (let start = 0; start + BLOCK <= count; start += BLOCK) boxMuller(values.subarray(start, start + BLOCK));
    if (count % BLOCK) {
      const last = values.subarray(count - BLOCK);
      for (let i = 0; i < BLOCK; i += 1) last[i] = this.unit();
      boxMuller(last);
    }
    return values;
  }
}

/** @param {Float64Array} block of `BLOCK` uniform values, which become normal ones */
function boxMuller(block) {
  const half = BLOCK / 2;
  for (let i = 0; i < half; i += 1) {
    const radius = Math.sqrt(-2 * Math.log(1 - block[i]));
    const angle = 2 * Math.PI * block[i + half];
    block[i] = Math.fround(radius * Math.cos(angle));
    block[i + half] = Math.fround(radius * Math.sin(angle));
  }
}
