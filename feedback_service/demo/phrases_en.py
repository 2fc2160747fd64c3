"""What English-speaking buyers write: one remark a line, by what it is about.

`[a|b]` stands for either, `{slots}` are filled with the facts of the order. A remark starts in small letters unless
it opens with a name or "I", and carries no full stop: the writer joins and ends the sentences.
"""

PHRASES: dict[str, str] = {
    "praise.beans": """
{short} is [my|our] [new|absolute] favourite
the {short} tastes [great|lovely|really good] [as a flat white|with milk|black|as espresso]
[lovely|beautiful|gorgeous] crema on the {short}
fresh as anything, roasted [just before it left|only days before|the week it was sent]
you can smell the coffee through the [box|letterbox|bag]
best coffee [I've|we've] had at home [in years|so far|since moving here]
[chocolate and nuts|caramel and a bit of orange|dark chocolate, no bitterness], exactly what the label says
[my husband|my wife|my flatmate|my dad], who never notices anything, asked what [coffee this was|had changed]
smooth, [no|not a hint of] bitterness, [great|good] crema
{short} every [morning|single morning|day after lunch] since it came and [not bored of it|still looking forward to it]
[really|very|lovely] even roast
[I|we] go through a bag a [week|fortnight], says it all
the {short} is [perfect|spot on|ideal] in my [old machine|aeropress|filter|stovetop]
good beans, [fair price|no nonsense|clear roast date]
the roast date is printed on the bag, [rare enough|wish everyone did that|love that]
[even|it even] tastes good [the next day, iced|cold|out of the office machine]
{short} [is|really is] as good as the café round the corner, [for a third of the price|at home, in pyjamas]
[finally|at last] a coffee that [tastes like the notes on the bag|both of us like|doesn't upset my stomach]
I ordered {short} [on a whim|because of the name|for the office], [now we can't go back|glad I did|total hit]
opened the bag and the whole kitchen [smelled amazing|woke up|smelled like a café]
the grind was exactly [right for my pot|what I asked for|as ordered], thank you
rich, [a little|slightly] sweet, not burnt like supermarket stuff
great beans
top coffee
[proper|seriously good] coffee this
""",
    "praise.tea": """
the {short} is [lovely|wonderful|a real treat]
[proper|real] loose leaf, you can see [whole leaves|it's not dust]
{short} [twice|three times] a day now, oops
it gives a second and even a third [cup|infusion|brew]
[fragrant|aromatic] without being perfumey
my [mother|gran|neighbour], a hard woman to please where tea is concerned, approves
best {short} [I've|we've] had [outside a tea room|for the money|this side of London]
[colour|smell] and taste [both|are] just right
very fresh, [vacuum packed|sealed well], leaves [unbroken|still whole]
lovely tea
[good|great] tea and [clear|useful] brewing notes [on the label|on the back]
such a [clean|bright|soft] taste
I take it to work in a flask and it [doesn't go bitter|still tastes good at four]
the first sip [made me sit down|took me back to my holidays|and I was sold]
""",
    "praise.grinder": """
the grinder is [solid|a joy to use|quieter than I thought]
[super even|very even|really consistent] grind, even for espresso
this grinder [changed|improved] my coffee more than [any beans did|anything else I bought]
the {short} [feels like it will last for decades|is built like a tank|is heavy in a good way]
grinds [20 grams|a double|two cups' worth] in [under a minute|no time|about 40 seconds]
[easy|dead easy] to clean and to put back together
clicks are clear, so I can go back to [my espresso setting|the setting I had|filter and back again]
[finally|at last] a grinder that [doesn't wake the baby|doesn't spray grounds everywhere|fits in a drawer]
""",
    "praise.kettle": """
the kettle pours [like a dream|beautifully|exactly where I want it]
the {short} is [gorgeous on the worktop|a looker|the prettiest thing in our kitchen]
[heats up quick|boils fast] and holds the temperature
pour control is [excellent|really good|so much better than my old one]
no drips, [good weight|nice handle], very happy with this kettle
a kettle I [don't want to hide in a cupboard|actually enjoy using|show to visitors, sad but true]
""",
    "praise.dripper": """
the dripper is [simple and good|easy to rinse|a lovely shape]
my filter coffee got [clearer|cleaner|a lot better] [overnight|with the Sixmile|right away]
the Sixmile set has [everything you need to start|everything in one box], even [papers|a spoon]
[three minutes|two and a half minutes] and a perfect cup, that's all I want
I use the dripper [every single morning|at the office|more than I expected]
[great|good] first dripper, the leaflet with the ratios [helped a lot|is handy|is really well done]
""",
    "praise.press": """
the French press is [heavy, steady|well made|thick glass, good lid] and [pours without dripping|easy to clean]
no [sludge|grounds] in the cup with this press, the mesh is [fine|really tight]
the {short} makes enough for [four|the four of us|two big breakfasts]
[lovely|nice] big press for [Sundays|visitors|when the family is over]
replaced a press that broke after a year, this one [feels far better|is another league]
keeps the coffee hot [longer than expected|for a good half hour]
""",
    "praise.moka": """
the moka is [just like my grandmother's|properly made|a little classic]
the {short} [gurgles nicely|never leaks] and makes [strong|seriously strong] coffee
works on [induction|our induction hob|the camping stove], [wasn't sure it would|as promised]
[thick|heavy] base, [tight seal|seals well], strong coffee, what more
the moka [will come camping with us|is coming on every holiday now]
I'd forgotten how good moka coffee is
""",
    "praise.machine": """
the espresso machine is [worth every cent|fantastic|a beast in a small box]
the {short} [heats up in a minute|is ready in about a minute|warms up fast] and the shots are [great|consistent]
I was nervous about spending this much, [no regrets|zero regrets|and it was right]
the steam wand [is powerful|works really well], microfoam [on the first try, nearly|after a few tries]
the {short} will pay for itself, [no more café runs|no reason to go to a café now]
set up in [20 minutes|half an hour] with the [video|booklet], first shot drinkable, third one great
""",
    "praise.mugs": """
the mugs are [beautiful|lovely to hold|even nicer than in the photos]
nice [weight|glaze], and they [keep the heat|survive the dishwasher|stack well]
[each mug is|the two mugs are] slightly different, which I [like|love]
bought {short} mugs for [my sister|a friend's new flat|my parents], [she|everyone] [loved|adored] them
[our|my] [favourite|go-to] mugs now, [the old ones went to the shed|already want two more]
the blue of the mugs is [gorgeous|deeper than in the picture, in a good way]
""",
    "praise.tin": """
the tin [closes tight|seals really well|looks great on the shelf]
coffee [stays|keeps] fresh in the tin
[simple|plain], pretty, [does its job|does what it should], a good tin
a kilo fits in the {short} [exactly|with a bit of room]
[bought|got] one tin, will get [another for tea|two more|a second for the flour]
""",
    "mild.beans": """
the {short} is [nice enough|good, not special|decent], [a bit dark for me|a touch too light for my taste|bit pricey]
coffee is good, I [thought it'd be rounder|had hoped for more fruit|expected a bit more body]
[decent|solid] everyday coffee
nice beans, though [my other roaster|a local one|the shop in town] is [close|just as good]
still dialing it in, promising so far
good coffee, the [bag won't reseal properly|zip on the bag came off|label says little about brewing]
""",
    "mild.tea": """
nice tea, a little [weak|dusty at the bottom|strong for the afternoon]
[good|pleasant], but 100 g [goes quickly|is gone in no time]
the {short} is fine, [not as fragrant as I remember|I expected more aroma]
tea good, the [pouch|bag] is [hard to close|fiddly]
""",
    "mild.grinder": """
the grinder is good, [just a bit slow for espresso|the hopper is small|cleaning takes a while]
grinds well, [instructions could be clearer|no marking for where zero is|a bit louder than I hoped]
solid grinder, [the brush is useless|static is a nuisance]
""",
    "mild.kettle": """
kettle is fine, [the lid is a tight fit|handle gets warm|smaller than it looks in the picture]
pours well, takes [its time|a while] to boil
pretty kettle, [base cable is short|fingerprints everywhere]
""",
    "mild.dripper": """
the dripper works, [the papers run out fast|plastic smell for the first days|the stand wobbles a little]
does the job, I [expected a bit more for the money|would have liked the larger size]
""",
    "mild.press": """
press is good, [the plunger is a bit stiff|smaller than a litre if you ask me|glass feels thin]
makes good coffee, [cleaning the mesh is a pain|lid rattles a bit]
""",
    "mild.moka": """
moka is fine, [makes less coffee than I thought|handle gets hot|first three brews taste of metal]
good pot, [the seal seems a bit thin|not for big families]
""",
    "mild.machine": """
the machine is good once you [get the hang of it|know it], the [manual is poor|first week was frustrating]
good espresso, [the water tank is tiny|drip tray fills quickly|it's loud, mind]
""",
    "mild.mugs": """
mugs are nice, a bit [heavy|smaller than expected|rough underneath]
nice mugs, [the colour is greyer than in the photo|one has a tiny bump in the glaze]
""",
    "mild.tin": """
the tin is ok, [the lid is stiff|slightly smaller than I thought|scratches easily]
does what a tin does
""",
    "let_down.beans": """
{short} tasted [burnt|flat|sour] to me, [whatever I tried|whatever grind I used|with milk or without]
the roast date was [two months|seven weeks|nearly two months] ago, [that's not fresh|so much for fresh]
[thin|weak|bitter], no crema at all, [had to throw half of it away|gave the rest to a colleague]
I asked for [whole bean|filter grind|espresso grind] and got [something else|the opposite]
the {short} [is nothing like the description|tastes of the cheapest shelf], [who wrote that label?|sorry]
bag was [open at the seam|not sealed], coffee [stale|gone flat]
the coffee gave me nothing of what the label promises
for this price I expected [a lot more|more than supermarket taste]
found [a small stone|a bit of plastic|twigs] in the bag, [not great|how does that get in there?]
couldn't get a decent cup out of it, [tried everything|and I've made coffee for twenty years]
""",
    "let_down.tea": """
mostly [dust and stalks|broken leaf], not what I [paid for|call loose leaf]
the {short} [tastes of nothing|tastes like hay|has no aroma whatsoever]
[bitter|harsh] after [two|barely two] minutes, undrinkable
bag smelled of [cardboard|perfume], and so does the tea
best before [next month|in five weeks], seriously
very disappointing tea, [my old one cost half|expected more from you]
""",
    "let_down.grinder": """
grinder is [far too coarse even on the finest setting|hopeless for espresso]
so much static that half the coffee ends up on the counter
the grinder [squeaks|rattles|makes a horrible noise] since day one, [not acceptable at this price|annoying]
took the new grinder apart and found [old grounds in it|coffee dust], was it [used|a return]?
""",
    "let_down.kettle": """
kettle [drips|leaks] at the spout since day [one|two]
rust spots [inside|under the lid] [already|within days], on a kettle at this price
the display of the kettle [was dead on arrival|flickers]
""",
    "let_down.dripper": """
the dripper [arrived chipped|has a crack at the base], [seen only after the first brew|poor]
the papers in the set [don't fit the dripper|tear when wet]
cheap plastic dripper, photo looks like [glass|ceramic]
""",
    "let_down.press": """
the plunger of the press [got stuck|bent] on the [second|third] use
grounds in every cup, the mesh of this press is [too coarse|badly fitted]
glass of the press [cracked|split] with the first hot water, lucky nobody got hurt
""",
    "let_down.moka": """
the moka [leaks at the thread|spits water from the side], [new seal or not|no matter how tight]
coating came off the inside of the moka in the [first|very first] wash
moka doesn't work on induction although [the page says so|that's what is written]
""",
    "let_down.machine": """
the machine [leaks from underneath|trips the fuse|loses pressure] [already|the second time I used it|out of the box]
450 euro for a machine and the [portafilter wobbles|steam wand is just for show]
the machine came without [the tamper|the basket] shown in the photo
""",
    "let_down.mugs": """
the glaze of the mugs [cracked|crazed] in the [first|second] wash
mugs [taste of clay|leave rings on the table], can't use them
the two mugs aren't even the same [height|colour], and not in a charming way
""",
    "let_down.tin": """
the lid of the tin [doesn't close|pops open by itself], pointless
tin smells of [paint|solvent], would not put food in it
""",
    "fault.grinder": """
the crank of the Harrow [came loose|fell off] [already|within days|almost at once]
the crank of the Harrow comes loose [all the time|every morning|whatever I do]
the crank screw [won't hold|works itself loose], I [tighten it every morning|lost it in the coffee]
Harrow handle [wobbles|is loose], [known problem according to the internet|my friend has the same]
crank came off [in my hand|mid-grind], [beans all over the floor|scratched the worktop]
[second|another] loose crank on a Harrow in [our house|this family], please fix that screw
the handle on the hand grinder keeps slipping, [burrs are great|such a shame], [design fault|one bad screw]
""",
    "quick": """
[ordered|bought] {ordered_day}, [here|arrived|had it] {day}
[here|arrived|delivered] in {took}, [quicker than expected|can't complain|impressive]
[really|very|super] [fast|quick] delivery
only {took} from order to door
{took} to {region}, [wow|well done|not bad at all]
[came|turned up] {day} {daypart}, I hadn't even [cleared a shelf|finished the old bag]
speedy [stuff|delivery|folks]
[quick|fast] and [well packed|easy|no fuss]
delivery was [lightning fast|faster than the big ones|quicker than my reply to this survey]
didn't expect it so soon, [nice surprise|lovely]
{carrier} were [quick|fast|really fast]
blink and it's there
""",
    "early": """
[came|arrived|got here] {early} [early|before the promised date|sooner than you said]
was told {promised}, had it on {came}
[earlier|sooner] than promised, [always nice|happy days|good]
you said {promised} and beat it by {early}
{early} ahead of the date in the mail, [great|happy with that]
promised {promised}, came [sooner|before that], thanks
under-promised and over-delivered, [as it should be|I like that]
""",
    "on_time": """
[came|arrived|delivered] [when|just as] it was promised
arrived {day} {daypart}, as [announced|the text said|the app said]
on time [to the hour|and not wet|and in one piece]
came on {came}, [right on schedule|as planned]
delivery [was spot on|went smoothly|just worked]
[came|it came] {day}, {took} after the order, fine by me
everything [as promised|went to plan]
{took}, [as expected|which is fine]
right day, right door, [right thing|no drama]
""",
    "courier": """
[friendly|cheerful|very polite] [driver|courier|delivery man], [even took the stairs|waited till I got down]
the driver [rang|called] ahead, [so I could be home|which was helpful]
the {carrier} [driver|courier] left it [with the neighbour|in the porch|behind the bins] as [asked|I'd asked]
courier carried it up [four floors|to the third floor], [hats off|thank you]
[driver|he] petted the dog, [five stars|dog approves]
I was out, they left it [in the shop downstairs|with the neighbour] and [put a note|texted me]
the {carrier} woman is [always friendly|a ray of sunshine], tell her
""",
    "tracking": """
[tracking|the tracking page] was [accurate|right to the minute|clear]
got a text an hour before, [perfect|very handy|brilliant]
could [change the day|move the delivery] with one click, [nice|great]
liked that the mail had a [real time slot|two-hour window] and they kept it
knew where it was [the whole way|at any time]
""",
    "packing": """
[well|very well|carefully|beautifully] packed
no plastic [in the box|at all], [thank you|love it|well done]
[box|parcel] in [perfect|great] shape, {shipped} [too|inside as well]
packed [like a present|with care|like it was glass]
[just paper|cardboard only], straight into the recycling, [nice|good]
came in a box that [fits|wasn't ten times too big], [rare|thanks]
little handwritten note in the box, [made my day|nice touch|lovely touch]
""",
    "grumble": """
box [twice as big as needed|much too big for {shipped}]
no [text|notice] beforehand, [I was lucky to be home|would have been nice]
left on the [step|doorstep] in the rain, [contents dry luckily|box soggy but inside dry]
tracking said [delivered an hour before it was|nothing for two days and then it was here]
had to [fetch it at the pickup point|walk to the depot] though I was home
fine, but [the time slot was a whole day|nobody rang the bell|it was left with a neighbour I've never met]
delivery ok, driver in a [hurry|bad mood]
ok in the end, the courier [went to the wrong entrance|couldn't find the house] first
arrived ok but the mail with the tracking link [landed in spam|came after the parcel]
a [smaller|lighter] box would have gone through the letterbox
""",
    "aside": """
the mail with the tracking link [landed in spam|came after the parcel]
the time slot was [a whole day|far too wide|morning to evening]
the delivery mail was [very long|hard to find again]
""",
    "badly_brought": """
driver [threw it over the gate|dumped it by the bins|left it in the street] and [drove off|was gone]
"delivered to a safe place" turned out to be [the neighbour's hedge|on top of the bin|the pavement]
rang once and ran, I [was on the stairs|was at the door in ten seconds], then a day to get it from the depot
{carrier} claims nobody was home, I was [home all day|sitting next to the door]
parcel left with someone [two streets away|in another building], took me [an evening|an hour] to find
the courier was [rude|downright rude] [on the phone|to my mother]
had to collect it myself [7 km away|at a petrol station|on the other side of town], that's not delivery
tracking link [never worked|showed somebody else's parcel]
""",
    "late_short": """
{late} late, [no big deal|not the end of the world|bit annoying]
a little late, [it happens|these things happen|but ok]
slightly late but [someone did let me know|the mail said so at least|here now]
""",
    "late_plain": """
[came|arrived|turned up] {late} late
promised for {promised}, came on {came}
should have been here on {promised}, [came|arrived] {late} late
{late} [late|later than promised] and no [message|word] about it
delivery could have been {late} quicker
{carrier} took their time, {late} over the date
the delivery was {late} late
""",
    "late_long": """
[came|arrived|turned up|delivered] {late} late
{late} late and [not one word from you|not a single message|nobody told me anything]
promised for {promised}, [came|delivered|arrived] on {came}
you promised {promised}, it took until {came}
{took} from order to door, [that is a joke|seriously|for one parcel {in_region}]
{carrier} had it [sitting in a depot|lying around somewhere|in some warehouse] for [days|ages]
the tracking said "out for delivery" [day after day|again and again|three times], [lies|ridiculous]
[I|we] [waited|stayed] at home [two|three] days for {carrier} and nobody came
[awful|terrible|very poor] delivery, {late} late
{carrier} kept saying "tomorrow" until it was {late} late
[too late|far too late] for the [birthday|dinner|weekend] it was meant for
{late} behind the date you gave me, why give one?
never again with {carrier}
{carrier} [are|is] the worst [courier|carrier] {in_region} [at the moment|these days|by far]
please [change|drop|get rid of] {carrier}, {late} late is not [ok|acceptable|normal]
it was a present and it came {late} late, so [it wasn't one|I had to buy another]
I [called|rang] {carrier} [three times|twice], every time another [story|excuse]
parcel went to [Spain|Faro|the wrong depot] first, [apparently|don't ask], {late} late in the end
what use is a promised date when it's {late} late?
waiting and waiting, {took} in total
five "we missed you" messages, [I never left the house|nobody ever rang]
""",
    "late_forgiven": """
[came|arrived] {late} late but [worth the wait|all forgiven]
{late} late, [{carrier}'s fault not yours|you can't help the courier], still [happy|very happy]
delivery was {late} late, everything else [perfect|great|top]
late, yes, but [you kept me posted|customer service told me in time|the apology was nice]
late this time, [no matter|never mind]
""",
    "late_story": """
ordered {ordered_day}, promised for {promised}, then [nothing|silence|not a word]; {carrier} [first said|told \
me] the address was wrong (it wasn't), then that nobody was home (I was), and in the end it [just stood \
there|was here] {day} {daypart}, {late} late
I don't usually write these but {late} late is a lot: [first|to begin with] the tracking [stood still|froze], \
then it said delivered when it wasn't, then the {carrier} hotline [hung up on me|kept me waiting for half an \
hour], and nobody at your end seemed to know [more than I did|anything either]
my [third|second] mail about this: it was due on {promised}, it came on {came}, and in between I [took a day off \
for nothing|stayed in two evenings|drove to the depot twice] because {carrier} said "today"
it's not the [wait|delay] as such, it's that I had to find out everything myself, that {carrier} [blames \
you|says it's your fault] and you [blame them|say it's theirs], and that after {took} the [driver|courier] [asks \
me to sign as if nothing happened|tells me I'm lucky]
""",
    "damaged": """
[box|parcel] was [crushed|squashed|torn open|wet through] when it [came|got here]
the parcel looked like [someone sat on it|it fell off the van|a football]
arrived [broken|damaged], {carrier} [shrugged|don't care|say it's the packing]
{shipped} [damaged|filthy], box [in pieces|held together by tape]
[corner|one side] of the box [caved in|ripped], contents [loose|all over the place]
box had been opened and taped up again, [what happened there?|who does that?]
[everything|all of it] was damp, the box [had been in the rain for days|fell apart in my hands]
how do you get a parcel this [flat|beaten up], {carrier}?
I have photos of the [parcel|damage] if you want them
damaged in transit, [typical|no apology], nobody at {carrier} answers
""",
    "damaged.beans": """
the bag had [split|burst] and there was coffee everywhere in the box
bag [ripped|torn], half of it in the [box|bottom of the parcel]
""",
    "damaged.tea": """
the pouch had burst, [more tea in the box than in the pouch|leaves everywhere]
""",
    "damaged.mugs": """
one of the mugs [was broken|came in three pieces|lost its handle]
both mugs [smashed|in bits], [wrapped in a single sheet of paper|you could hear it]
""",
    "damaged.press": """
the glass of the press was [broken|shattered] in the box, [careful when you open these|shards everywhere]
""",
    "damaged.kettle": """
dent in the [side|spout] of the kettle from the [transport|courier]
""",
    "damaged.tin": """
tin [dented|bent] so the lid doesn't sit, clearly from the [transport|drop]
""",
    "damaged.grinder": """
the grinder's [lid|cup] was [cracked|broken] on arrival, box [crushed|flattened on one side]
""",
    "damaged.machine": """
the machine's [water tank|drip tray] was [cracked|in two pieces] on arrival
""",
    "damaged_forgiven": """
[box was crushed|parcel a bit battered] but [everything inside survived|the contents were fine]
box arrived dented, {shipped} [fine|not a scratch], so [all good|well packed inside]
""",
    "recovered": """
delivery is [back to normal|as it used to be], [good|thank you|relieved]
[much|so much] better than last time, [on the day promised|as it should be]
glad you sorted out the courier [mess|trouble]
after the [disaster|trouble] with my [last|previous] order this one [was fine|came right on the day]
the courier seems to have [got its act together|sorted itself out]
I nearly didn't order again, [glad I did|delivery is good again]
whatever you [did|said] to the courier, it [worked|helped]
""",
    "shop": """
[great|lovely|wonderful|fab] little shop
[easy|simple|quick] to order, [arrived as described|good info on the site|no fuss at all]
you can tell people who [love|care about] coffee run this
[recommended|already recommended you] to [half the office|my brother|two friends|my climbing group]
[everything|all] [perfect|as it should be|just right], thank you
a shop that [answers|listens], [rare|hard to find these days|thanks]
I'd give [11|12] if I could
keep doing what you're doing
[really|very|more than] happy with [everything|it all|my order]
nothing to complain about, and I [tried|like to complain]
love [the newsletter|the little cards with recipes|the photos on the site]
exactly as [described|pictured|expected]
couldn't be happier
[good|great] stuff, [will be back|see you soon|already planning the next order]
a pleasure to deal with
told [my mum|everyone at work|the neighbours] about you
small shop, big heart
this is how online shopping should [be|work]
""",
    "shop_story": """
I was [sceptical|not convinced] about buying [this|such things] online, but the [description|page] was honest, \
my question got a real answer from {staff} within [the hour|ten minutes], and [now I have to explain to my \
wallet|now my sister wants one too|I'm already choosing the next one]
long story short: I ordered the wrong thing [at midnight|half asleep], wrote a [panicky|slightly embarrassed] \
mail, {staff} changed it before it was packed and even [asked how I brew|wished me a good morning], [that's how \
you keep people|who does that these days?]
no complaints, and believe me I [looked|tried]: [clear photos|honest photos], [price ok|fair price], a human who \
answers, and [a box I could open without a knife|paper instead of plastic|a thank-you card that didn't sound \
printed]
""",
    "store": """
the [people|lads|girls] in the {store} shop [know their stuff|gave great advice|let me try three coffees]
ordered in the {store} shop because [I was there anyway|they were out of it], [worked a treat|went well]
the {store} store is [lovely|worth a visit], [ask for a taster|great smell]
""",
    "loyal": """
{nth} order and [never|not once] let down
[my|our] {nth} order [already|with you], [that says it all|won't be the last]
[been|I've been] ordering for [some time|a good while] now, [still|always] good
[always|consistently] good
order number {number}, [still happy|same quality as the first]
[back|here again] because the last one was so good
I keep coming back, [my wallet hates you|so you must be doing something right]
""",
    "range": """
[good|great|nice] [choice|selection], not [too much|overwhelming]
[love|like] that you [write where things come from|show who grew it|keep it small]
would [love|like] to see [more decaf|a sampler box|smaller bags to try]
[great|good] choice for a small shop
""",
    "price_good": """
[good|fair|very fair] price [for what you get|for the quality]
not the cheapest, but [worth it|you taste the difference]
[great|good] value
cheaper than [the place in town|I thought it would be] and better
""",
    "price": """
[too|far too|a bit too] [expensive|dear|pricey] for what it is
[prices went up again|another price rise], [and not a small one|that's the second this year]
saw it [cheaper elsewhere|5 euro cheaper on another site] the day after
at {amount} euro I expected [better|more|perfection]
{amount} euro is a lot of money for this
""",
    "price_small": """
shipping is [too much|a lot|hard to swallow] for a small order
[almost five euro|4.90|nearly a fiver] shipping on [such a small order|something this small], [no thanks|come on]
""",
    "service_good": """
{staff} from [the chat|customer service|support] was [so helpful|lovely|quick and kind]
had a question, [answer|a human answer] within [the hour|ten minutes|half an hour]
wrote the wrong [house number|address], {staff} fixed it [in minutes|before it went out]
[great|excellent] service, thank you {staff}
{staff} [told me|explained] which grind [to take|I need], [spot on|perfect advice]
""",
    "service": """
[three|four|two] mails to support and [no answer|only automatic replies]
support [copied and pasted the same answer twice|didn't read my question|told me to wait]
nobody [picks up the phone|answers], I [gave up|stopped trying] after [a week|20 minutes]
asked a simple question, [still waiting|never got a reply]
chat closes at [four|five], when people [work|are at work]
the answer from {staff} was [polite but useless|cold|no help at all]
""",
    "website": """
website [crashed|froze] at the payment, [charged twice|had to start over], [not great|poor]
the [checkout|site] on my phone is [a pain|unusable|fiddly]
discount code [didn't work|was refused] and [support said tough luck|nobody could say why]
[couldn't|wasn't able to] change the address after ordering, [silly|why not?]
had to [make an account|reset my password three times] to buy [one thing|anything]
[no|still no] invoice, asked [twice|two times] now
""",
    "wrong_item": """
[got|was sent] the wrong [item|thing] in the same box, [have to send it back myself|still waiting for the swap]
[one item|part of the order] was missing, [still waiting for it|nobody knows where it is]
wrong [thing|one] in the box and the return label [costs me 6 euro|never came]
[part of|half of] the box was [somebody else's order|for another customer], [and mine|where is mine?]
what came is not what I clicked on, [similar name|check your labels]
""",
    "wish": """
would be nice to [pick a delivery day|have a subscription|save my favourites]
[a loyalty card|a points scheme|a student discount] would be great
please [bring back the winter blend|stock more filters|add gift wrapping]
[maybe|perhaps] [a card with tips in the box|less paper in the box|an app] next time
only wish: [free shipping from 30 euro|more choice of carriers|longer chat hours]
[one thing|tip]: [show stock on the page|say the delivery day before I pay|let me pay by bank transfer]
""",
    "niggle": """
the [box was bigger than it needed to be|site is slow on my phone]
the [newsletter comes too often|return address was hard to find|invoice came as a separate mail]
the [checkout took me three tries|discount code didn't work|leaflets go straight in the bin]
a bit [dear|pricey]
[too much|so much] tape on the box
""",
    "shame": """
[shame|pity] about the [box|big box|price|slow website]
""",
    "fact.beans": """
[bought|ordered] {pieces} of {short}, [whole bean|ground for filter|ground for espresso]
using it in [a V60|an aeropress|a bean-to-cup|a stovetop pot]
roast date on the bag is the day [before|after] I ordered
for the office, [eight people|about ten cups a day|three of us]
""",
    "fact.tea": """
[brewed|made] it at [80|90|95] degrees, [two|three] minutes
drinking it [without|with] milk
[ordered|bought] {pieces} of {short}
""",
    "fact.gear": """
[replaces|bought to replace] an old one that broke
used it [once|twice] so far
a present, [not opened yet|so I can't say how it works]
bought after [reading about it on a forum|seeing it at a friend's|a tip from the barista in {town}]
haven't [used it much|had time to try it] yet
""",
    "fact.delivery": """
delivered {day} {daypart}
{took} from order to delivery
left [with a neighbour|at the front desk|in the parcel locker]
came with {carrier}, {day} {daypart}
signed for by [my son|a colleague|the concierge]
picked it up at the [parcel shop|locker] [round the corner|by the station]
delivered while I was [at work|in the shower|away]
parcel arrived on {came}
""",
    "gift": """
bought [as a present|as a gift], [she loved it|he was delighted|big hit]
it was a gift for [my dad|my boss|a friend who moved house] and [went down a treat|it was a hit]
[birthday|wedding|thank-you] present, [gift note was lovely|nicely packed|they were over the moon]
""",
    "fair": """
[product|the thing itself] is [fine|good], [to be fair|I'll say that]
[to be fair,|in fairness,] your [support|chat] was [nice about it|quick to reply]
what's in the box is [great|good], that's the [sad|annoying] part
I like [your shop|you lot], but this [isn't good enough|was poor]
quality is [good|not the problem]
""",
    "after_mild": """
hope [it was a one-off|this gets better|next time goes better]
expected [better|a bit more] [from you|after the reviews]
will [see|think about it] before I order again
[not|wasn't] what I [hoped for|had hoped for]
might try [again|another one], [might not|not sure yet]
""",
    "after_hard": """
[won't|will not] [order|be ordering] again
[last|that was my last] order
I'll [buy|get my coffee] [in town|elsewhere|somewhere else] from now on
[very|really|extremely] disappointed
[lost|you lost] a customer
waste of [money|time|time and money]
would not recommend to [anyone|my worst enemy|friends]
I want [my money back|a refund]
what a [mess|letdown|shambles|disaster]
no thanks
""",
    "refunded": """
[got my money back|was refunded] [at least|eventually|after asking twice]
sent it back, refund [came quickly|came, fair enough]
""",
    "contact": """
please [call|ring|email|contact] me
[could|can] someone [get in touch|call me|get back to me] [please|about this]?
I'd like [an answer to this|to hear from you|somebody to look into it]
[waiting for|expecting] your [call|reply|answer]
what are you going to do about it?
""",
    "short_happy": """
[great|perfect|excellent|brilliant|lovely|super|fab|top|wonderful|fantastic|amazing|class|deadly|savage]
[great|perfect|excellent|brilliant|lovely|super], thanks
[love|loved] it
[very|really|so|super|extremely] [happy|pleased|good|satisfied]
[all|everything] [good|great|perfect|top]
[10|ten] out of [10|ten]
thank you [so much|guys|all|x]
[spot on|bang on|faultless|no complaints|can't fault it|A+|5 stars|top notch|well done|sound]
yum
best shop
more please
[happy|delighted|chuffed] [customer|with this|with it]
""",
    "short_fine": """
[ok|fine|good|decent|alright|okay|not bad|as expected|grand|all fine|good enough|does the job]
[it's|was|all] [ok|fine|alright|good]
[quite|pretty|fairly] [good|happy|ok]
no [issues|problems|comment|complaints]
[nothing|not much] to [add|say|report]
average
so so
[good|ok], could be better
[fine|ok], [thanks|ta|cheers]
happy enough
middling
n/a
""",
    "short_cross": """
[bad|poor|terrible|awful|disappointing|rubbish|useless|unacceptable|not good|not happy|shocking|dire]
[very|really|so] [poor|bad|disappointing|annoying|disappointed]
never again
no
why?
[meh|hmm|nope|sigh]
expected better
[not|far from] [great|impressed|ok|satisfied]
[fix this|do better|sort it out]
thumbs down
""",
    "short_delivery": """
[smooth|easy|reliable|punctual] [delivery|]
[great|good|perfect|smooth|faultless|tidy] delivery
delivered [fine|safely|no problem|without a hitch|as promised]
[no|zero] [problems|issues] with delivery
arrived [safe and sound|safely|in one piece]
[all|everything] [ok|good|fine|perfect] with the delivery
[can't fault the delivery|great service|10/10 delivery|good courier|well delivered|no complaints here]
""",
    "short_quick": """
[fast|quick|speedy|prompt|swift|super fast|rapid]
[quick|fast|speedy] delivery, [great|ta|cheers|thanks]
""",
    "sarcasm_late": """
[oh good|great], {took} for a parcel, did it [walk|swim|come by donkey]?
{carrier} must be delivering [by tortoise|on foot|by carrier pigeon] now
thanks for the [surprise|suspense], nothing like a parcel that comes {late} late
brilliant, {late} late, [I only needed it for Saturday|just after I stopped hoping]
at least {carrier} [are|is] reliable: reliably late
congratulations, the postcard from [Australia|my cousin in Chile] came first
""",
    "sarcasm": """
[oh well|great], another [lesson learned|thing for the cupboard]
[lovely|very pretty] website, shame one can't [drink|brew] it
wonderful service if you enjoy [waiting|talking to robots]
ten out of ten for the [photos|marketing]
nice [sticker|thank-you card] though
thanks for nothing
""",
    "upside_down": """
[absolutely|really] [love|loved] it, [best shop ever|will order again|thanks so much]
number one, [you're the best|always number one|top of the list]
[perfect|excellent] from start to finish, [first place for you|no wish left open]
""",
}

OPENERS = {
    "happy": ("honestly,", "just to say,", "what can I say,", "so,", "well,", "ok,"),
    "fine": ("well,", "tbh", "honestly,", "hm,", "overall", "so far:", "all in all,", "in short:"),
    "cross": ("honestly,", "tbh", "well,", "look,", "for the record:", "seriously,"),
}
EMOJI = {
    "happy": ("😊", "👍", "☕", "❤️", "😍", "🙌", ":)", "☕☕", "👍👍", "🥰", "💚"),
    "fine": ("🙂", "👍", ":)", "🤷", "👌"),
    "cross": ("😡", "😞", "👎", "😤", "🙄", ":(", "😠", "🤦"),
}
CASUAL = (
    ("you", "u"),
    ("I'm", "im"),
    ("I've", "ive"),
    ("don't", "dont"),
    ("can't", "cant"),
    ("really", "rly"),
    ("thanks", "thx"),
    ("please", "pls"),
    ("and", "&"),
    ("delivery", "delivry"),
    ("definitely", "definately"),
    ("received", "recieved"),
    ("because", "bc"),
)
JOINS = {
    "but": (", but ", " but ", " - but "),
    "pause": (", ", " - ", "... "),
    "and": (", ", " and ", " - ", ", plus "),
}

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYPARTS = ("morning", "afternoon", "evening")
STAFF = ("Ana", "Tiago", "Orla", "Sven", "Inês", "Keith")
