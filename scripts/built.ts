/** `npm run build`: by the time this runs, the contracts are compiled. */
console.log("The contracts are compiled.");
