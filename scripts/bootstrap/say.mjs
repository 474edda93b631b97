/**
 * One line on standard error for each slow thing that happens before the real work. Standard output stays the work's own.
 * @template T
 * @param {string} what what is being done, said while it is done
 * @param {() => Promise<T>} work
 * @param {{ quietMs?: number }} [options] say nothing about work that ends sooner than this
 * @returns {Promise<T>}
 */
export async function say(what, work, { quietMs = 0 } = {}) {
  const begun = Date.now();
  let said = false;
  const timer = setTimeout(() => {
    said = true;
    process.stderr.write(`» ${what} …`);
  }, quietMs);
  try {
    const result = await work();
    if (said) process.stderr.write(` done in ${Math.ceil((Date.now() - begun) / 1000)} s\n`);
    return result;
  } catch (error) {
    if (said) process.stderr.write(" failed\n");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A failure that the person at the keyboard can act on: printed without a stack. */
export class BootstrapError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
