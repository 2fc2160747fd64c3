"""Single words and faces that a general lexicon does not know, or misreads after a purchase.

Weights are polarities from −1 (complaint) to 1 (praise), set by hand in steps a reader can argue with:
0.3 a hint, 0.5 an opinion, 0.7 a clear fact, 0.9 an outburst.
"""


def word_set(text: str) -> frozenset[str]:
    """The words of ``text``, which may run over several lines."""
    return frozenset(text.split())


def _by_word(groups: dict[float, str]) -> dict[str, float]:
    return {word: weight for weight, text in groups.items() for word in text.split()}


# Words that turn the next opinion round. Contractions have been spelled out before they are looked up.
NEGATORS = word_set("not no never without nothing none nobody neither nor hardly barely scarcely rarely nowhere")

# After one of these a new thought begins, which an earlier "not" no longer reaches.
SCOPE_ENDS = word_set("and but however because although though while when if until after then")

# What comes after the last of these is what the writer wants remembered.
CONTRASTS = word_set("but however")

# In the lexicon an opinion; in a shop a size, a colour, a quantity, a place in a list, or half of an idiom.
NOT_OPINIONS = word_set(
    """
    able above action actual actually adult american appropriate average back base big bigger black blue
    brown center certain certainly chicken classic clearly cold common complete completed completely
    confirm confirmed current cutting daily dark different digital directly double down due early entire
    exactly expected experienced extra far few first fly flying french full further future game general
    generally greater green half hard heavy high higher hot initial instead just key large larger last
    latest least left less light likely little live local long longer main major many mean medium middle
    mobile more most mostly much near nearly necessary new next normal number obviously old online only
    open original other over overall own particular past personal physical plain present previous
    private public ready real recent red regular related right round same second serious several short
    single sky small social soft sort sound special specific straight subject such sure technical thick
    thin tight tiny top total true usual usually various very wet white whole wide wooden yellow yes
    young
    """
)

# No opinions either, yet left to the lexicon, where they strengthen the word that follows.
INTENSIFIERS = word_set(
    "really absolutely exceptionally extremely fairly highly incredibly particularly surprisingly truly"
)

WORDS: dict[str, float] = _by_word(
    {
        0.9: """
            amazing brill divine exceptional exquisite fabulous fantastic faultless heavenly impeccable
            magnificent mindblowing outstanding phenomenal sensational stellar superb terrific unbeatable
            unbelievably unrivalled
        """,
        0.8: """
            ace adore adored blessed delighted delightful delish epic excellently fab finest heartwarming
            immaculate loved loveliest loves loving luxurious mouthwatering pleasure rocks scrumptious spotless
            stunning sublime thrilled tops unforgettable yummy
        """,
        0.6: """
            accommodating addictive affordable angel appetizing applaud approachable attentive beneficial
            cheerful classy cleanliness commend commendable commended competently conscientious convenience
            convenient cosy courteous courtesy cozy cushy durable ease efficient effortless effortlessly elegant
            enjoyed enjoying expertise fairness flattering flavorful flavorsome flavourful flawless flawlessly
            flexible foolproof forthcoming friendliness generous generously gift gorgeous handy
            helpful helpfulness hero heroes honest hospitable hospitality humorous
            impressed impressive informative intuitive invaluable juicy kindly kindness knowledgeable lifesaver
            lifesavers lovingly loyal painless patiently personable pleasantly polite politely proactive
            professionalism professionally prompt promptly promptness punctual punctuality reassured reassuring
            recommend recommended recommending refreshing reliability reliable resourceful responsive rewarding
            roomy satisfying savior scrummy seamless seamlessly securely simplicity skilled smiling snappy snug
            spacious speediness stars straightforward sturdy stylish succulent superstar supportive tasty tender
            thoughtful transparent treat treats trusted trustworthy trusty unmatched upbeat upgrade
            vibrant warmly welcoming
        """,
        0.5: """
            charming comfortable comfortably comfy compact compassionate courteously crisp dedicated dependable
            diligent fun genuine hearty lightweight portable relaxing robust sleek speedy upgraded versatile
        """,
        0.4: """
            accurately adequately appreciate appreciated appreciates appreciation assist assisted assists
            assured bargain bonus bravo brighter caring cheaper cheapest cheers cleaner clearer competitive
            congrats congratulations correctly delivers discount discounts easily enjoy enjoys fast faster
            favourite freebies freshly friendlier gem glad grateful happily hooray improved improves inexpensive
            kudos lighter liked likes nicely nicer patient praise properly props quick quickly quiet quieter
            reasonable reasonably reassure refunded reimbursed resolved responded rewards safer saved saves
            saving savings sharper simple simpler smarter smooth smoother smoothly solid sorted stronger
            sufficient thank thankful thanks thankyou thx welcome woohoo yay
        """,
        0.3: """
            choice choices clean fits helped helps intact modern options safe safely secure selection solved
            updated variety works
        """,
        0.05: """
            ok okay
        """,
        -0.3: """
            apparently average awkward basic bloated cheap cheaply chilly cloudy concerned confusing
            dated declined fussy generic gimmick grainy hesitant hesitate lackluster lacklustre limited
            loud lukewarm meh minus odd overlooked pricy pushy quirky removed repetitive strange supposed
            temperamental unsure upsell upselling
        """,
        -0.4: """
            ads advertising adverts blocked cancel cancels charges clutter cramped crowded delaying deleted
            deleting denied dim fee fees fiddly finicky glitchier harder hike hikes inaccessible intrusive late
            locked nervous overheard paywall popup popups queue queues queuing reboot reinstall
            reinstalled rejected restart smaller surcharge surcharges unavailable uninstall uninstalled
            uninstalling vague wait waited waiting waits worried worry
        """,
        -0.5: """
            absurd baggy bent bland blurry buffering buggy bugs bulky bummer burned canceled cancelled chewy
            chipped clog clogs clunky complain complained complaining complaint complaints confused
            congested convoluted costly counterintuitive cracking crackling crash crashed crashes crashing
            creaky cumbersome curdled damp delay delayed delays dent dented dents disappeared disarray
            disconnecting disconnects disorder disorganised disorganized distorted downside drafty drain drained
            draining drains drawback drawbacks dropped drops dry empty erratic error errors excuse excuses
            exorbitant expired faded fades fault faults flaking flavorless flavourless flimsy forgot forgotten
            freezes glitch glitches greased greasy grinding hangs haphazard hassle hassles headache
            headaches hidden hung illegible inaccuracy inaccurate inadequate inconsistent inconvenience
            inconvenienced inconvenient incorrect incorrectly inferior intermittent intermittently issue issues
            itchy lack lacked lacking lacks lag laggy lags leaky malfunction malfunctioning malfunctions
            mediocre mess messy mildew misleading mistake mistaken mistakes muffled musty noise noisy
            nonexistent nonsense nonsensical oily outdated overbooking overcomplicated overcrowded overheat
            overheating overheats overload overpriced overrated oversized oversold overwhelmed pain patchy
            peeling pixelated pointless pricey problem problems rancid rattles rattling raw regret regrets
            rubbery sadly salty scratched scratches scratchy scuffed shortage shrank shrinks shrunk slower
            sluggish sluggishly soggy spoiled spoilt spotty squeaks squeaky stain stains stale stalled
            steep stiff stress stressed stressful struggle struggled struggles struggling stuck stuffy subpar
            tacky tedious tinny tiresome tough tricky trouble troubles typo typos unclear uncomfortable
            undelivered undercook underpowered undersized understaffed underwhelmed underwhelming unfortunately
            uninterested unintuitive unnecessarily unnecessary unopened unorganised unorganized unplayable
            unpleasant unpleasantly unprepared unreadable unsolicited unwanted warped watery wobbles wobbly worn
            wrongly
        """,
        -0.6: """
            abandon abandoned abandoning abuse abusive argh attitude attitudes bait bankrupt belligerent blunder
            botched bounced breach breaks bricked broke broken bugged bullied bumped burnt cancelation
            cancellation cancelling careless compromised corrupt corrupted decline declining deserted
            deteriorated deteriorating died dies dirty disappoint disappointment disappoints disconnected
            discourteous discriminated discrimination dishonesty disinterested displeased distrust diverted
            dodgy downgrade downgraded dud dying erased extortion fail failed failing fails failure failures
            flop forgetful freezing froze frozen fumbled ghosted gouge gouging grounded grumpy hacked harassed
            harassment heartless hijacked humiliated ignores illegal impolite impossible inattentive incomplete
            ineffective inefficiency inefficient inflexible insufficient insulted lemon lost malfunctioned
            mishandled misinformed mislabelled misled misplaced misrepresented missed misses missing
            missold mistrust neglected negligent nonresponsive overbooked overcharge overcooked overpaid
            overslept patronising patronizing racist rebooted refuse refused refuses regretted rudely rudeness
            runaround sarcastic screamed screaming sexist shady shouted shouting sketchy smelly smh snarky
            snobby snooty stinks stonewalled stranded surly suspect suspicious tasteless threatened threatening
            ugh unable uncaring unconcerned uncontactable undercooked unethical unfair unfriendly unhelpful
            unjust unlawful unreachable unreasonable unreasonably unreliability unreliable unresolved
            unsatisfactory unsatisfied unstable unsympathetic untrue untrustworthy unwelcoming unwilling wiped
            wrong yelled yelling
        """,
        -0.7: """
            aggravating aggressive angry annoyance annoyed annoying annoys appalled arrogant ashamed bedbugs
            beware clueless cockroach cockroaches condescending cracked cried crushed crying damaged defective
            devastated disappointedly disaster disastrous dismissive disrespectful dissatisfied distraught dump
            dumps enraged faulty ffs filth filthy frustrated frustrating fuming furious furiously glitchy
            heartbroken horrified hostile hurt hurts ignored ignoring incompetence incompetent inedible
            infuriating injured injury irate irritated irritating laughable leaked leaking livid maggots mice
            mistreated mold moldy mould mouldy outraged poisoned poisoning poor poorly rats reeked reeks ripped
            roach roaches rude rusty shattered shocked sick slow slowly smashed soaked sobbing stained stank
            stench sucks tears torn unanswered unhappy unhelpfully unprofessional unresponsive unsafe unusable
            upset useless vomit worse worsened worsening
        """,
        -0.8: """
            arse assholes avoid bastards bs bullcrap bullshit cheated cheating cheats conmen conned crap crapola
            crappy criminals crook crooks dammit damn deceptive deplorable dishonest dreadful embarrassing fuck
            fucked fucking garbage gross hate hated hates hating hell hopeless horrid idiots imbeciles
            incompetents inexcusable insulting junk liar lied lies lousy lying miserable misery morons nasty
            outrageous overcharged overcharging piss pissed pos ridiculous robbed rubbish scum shame shameful
            shit shitty shoddy steal stealing stole stolen suck sucked swindle swindled swindlers theft thief
            trash vile worthless wtf
        """,
        -0.9: """
            abysmal appalling atrocious despicable diabolical disgrace disgraceful disgusted disgusting fraud
            fraudulent horrendous horrific liars nightmare pathetic ripoff robbery scam scammed scammers
            shambles shambolic thieves unacceptable worst
        """,
    }
)

# Words that are a complaint once negated, and most of them nothing before: "arrived", "never arrived".
NEGATED_WORDS: dict[str, float] = _by_word(
    {
        -0.5: """
            charge communication contact explanation include included information instructions match
            matched matches turn update
        """,
        -0.6: """
            answer answered answers bother buy care cares enjoy fit fits fix fixed function happy
            help helped helps like liked load loads open order paid pleased purchase recommend
            refund refunded reimbursed replaced replacement replied reply resolve resolved respond
            responded response return satisfied solve solved trust work worked working works worth
            worthwhile
        """,
        -0.7: """
            arrive arrived arrives came come deliver delivered delivers dispatched get got receive
            received sent shipped
        """,
    }
)

FACES: dict[str, float] = {
    **dict.fromkeys("😀😃😄😁😊🙂☺😌🤗👌👏🙌💪🎉✨🌟⭐✅", 0.6),
    **dict.fromkeys("😍🥰😘🤩❤♥💕💖💙💚💛💜🧡💯👍🔥😻", 0.8),
    **dict.fromkeys("😐😑🤔😬🤷", -0.1),
    **dict.fromkeys("🙁☹😕😟😞😔😒🙄😩😫😖😓😥❌👎", -0.6),
    **dict.fromkeys("😡😠🤬😤💔😢😭🤮🤢💩🖕", -0.8),
    **dict.fromkeys([":)", ":-)", ":d", ":-d", "=)", ":]"], 0.6),
    **dict.fromkeys([";)", ";-)", ":p", ":-p"], 0.3),
    **dict.fromkeys([":(", ":-(", ":'(", "=(", ":["], -0.6),
    **dict.fromkeys([":/", ":-/", ":\\"], -0.3),
    "<3": 0.8,
}
