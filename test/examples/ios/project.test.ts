/** The Xcode project of the iOS example: nothing here can open it, so its text is held to what Xcode looks up. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';

type Value = string | Value[] | { readonly [key: string]: Value };
type Item = Readonly<Record<string, Value>>;

/** A property list as NeXT wrote them, which is what a project is. Throws on anything else. */
function parseProject(text: string): Item {
  const tokens = [...text.matchAll(/\/\*.*?\*\/|\/\/[^\n]*|\s+|"((?:[^"\\]|\\.)*)"|([\w./]+)|([{}()=;,])|(.)/gs)]
    .map(([, quoted, word, mark, other]) => {
      if (other !== undefined) throw new Error(`unexpected ${other}`);
      return mark === undefined ? { text: quoted ?? word } : { mark };
    })
    .filter((token) => token.mark !== undefined || token.text !== undefined);
  let at = 0;
  const expect = (mark: string) => {
    if (tokens[at++]?.mark !== mark) throw new Error(`no ${mark} at token ${at}`);
  };
  const is = (mark: string) => tokens[at]?.mark === mark;
  const word = () => {
    const { text } = tokens[at++] ?? {};
    if (text === undefined) throw new Error(`no word at token ${at}`);
    return text;
  };
  const value = (): Value => (is('{') ? dictionary() : is('(') ? list() : word());
  const list = (): Value[] => {
    const items: Value[] = [];
    for (expect('('); !is(')'); expect(',')) items.push(value());
    expect(')');
    return items;
  };
  const dictionary = (): Item => {
    const entries = new Map<string, Value>();
    expect('{');
    while (!is('}')) {
      const key = word();
      if (entries.has(key)) throw new Error(`${key} twice`);
      expect('=');
      entries.set(key, value());
      expect(';');
    }
    expect('}');
    return Object.fromEntries(entries);
  };
  const project = dictionary();
  if (at !== tokens.length) throw new Error('text behind the end');
  return project;
}

const folder = join(packageRoot, 'examples/ios');
const project = parseProject(readFileSync(join(folder, 'Classifier.xcodeproj/project.pbxproj'), 'utf8'));
const objects = project.objects as Readonly<Record<string, Item>>;
const ofKind = (isa: string) => Object.values(objects).filter((object) => object.isa === isa);
/** What the first object of a kind names under `key`. */
const names = (isa: string, key: string): string[] => ofKind(isa)[0]![key] as string[];

t.test('every object that is named exists, and every object is named', (t) => {
  const ids = /^[0-9A-F]{24}$/;
  const named = new Set<string>();
  const walk = (value: Value): void => {
    if (typeof value !== 'string') Object.values(value).forEach(walk);
    else if (ids.test(value)) named.add(value);
  };
  walk(Object.values(objects));
  walk(project.rootObject!);
  t.strictSame([...named].toSorted(), Object.keys(objects).toSorted());
  t.ok(Object.keys(objects).every((id) => ids.test(id)));
  t.equal(objects[project.rootObject as string]?.isa, 'PBXProject');
  t.end();
});

t.test('its files are those of the folder, and all of them are built or copied', (t) => {
  const sources = objects[names('PBXGroup', 'children')[0]!]!;
  const paths = new Map<string, string>();
  for (const id of sources.children as string[]) {
    const { path, sourceTree } = objects[id]!;
    paths.set(id, sourceTree === 'SOURCE_ROOT' ? String(path) : posix.join(String(sources.path), String(path)));
  }
  const present = readdirSync(join(folder, 'Classifier')).map((name) => `Classifier/${name}`);
  t.strictSame([...paths.values()].toSorted(), [...present, 'EdgeDeploy/model.edp'].toSorted());
  const inPhase = (isa: string) => names(isa, 'files').map((id) => paths.get(String(objects[id]?.fileRef)));
  t.strictSame(
    inPhase('PBXSourcesBuildPhase').toSorted(),
    present.filter((path) => path.endsWith('.swift')).toSorted(),
  );
  t.strictSame(inPhase('PBXResourcesBuildPhase').toSorted(), ['Classifier/ankle-boot.pgm', 'EdgeDeploy/model.edp']);
  t.end();
});

t.test('it takes the package that stands beside it', (t) => {
  t.strictSame(
    ofKind('XCLocalSwiftPackageReference').map(({ relativePath }) => relativePath),
    ['EdgeDeploy'],
  );
  const [product] = ofKind('XCSwiftPackageProductDependency');
  const manifest = readFileSync(join(packageRoot, 'kernels/compat/swift/Package.swift'), 'utf8');
  t.match(manifest, `.library(name: "${product?.productName}"`);
  const [linked = ''] = names('PBXFrameworksBuildPhase', 'files');
  t.equal(objects[String(objects[linked]?.productRef)], product);
  const [needed = ''] = names('PBXNativeTarget', 'packageProductDependencies');
  t.equal(objects[needed], product);
  t.match(readFileSync(join(folder, 'README.md'), 'utf8'), '-o examples/ios/EdgeDeploy');
  t.end();
});
