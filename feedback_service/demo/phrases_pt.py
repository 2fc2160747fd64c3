"""What Brazilian buyers write, in the same notation and under the same topics as the English ones."""

PHRASES: dict[str, str] = {
    "praise.beans": """
o {short} é [maravilhoso|uma delícia|muito bom|sensacional]
café [fresquinho|super fresco|bem fresco], [torrado na semana do envio|dá pra sentir na hora que abre]
o {short} virou [o café da casa|meu favorito|o preferido aqui em casa]
[melhor|de longe o melhor] café que [já tomei em casa|compro fora do Brasil|provei esse ano]
[doce|docinho] na medida, sem [amargor|aquele amargo de mercado]
cheiro [de fazenda|da casa da minha avó|que toma conta da cozinha]
crema [linda|perfeita|bem grossa] no expresso
[sou de Minas e exigente com café|sou exigente com café], e [aprovei|esse passou]
moagem [certinha|exatamente como pedi]
{short} [todo dia|toda manhã] desde que chegou e [não enjoei|ninguém enjoa]
o {short} [coado|no coador de pano|com leite] fica [ótimo|perfeito|divino]
notas de [chocolate e laranja|caramelo|castanha], [como diz no pacote|bem do jeito que prometem]
pacote com data de torra, [adoro|coisa rara|assim que tem que ser]
meu [marido|pai|sogro] [pediu mais|já perguntou quando chega outro]
café bom demais
cafezinho de respeito
""",
    "praise.tea": """
o {short} é [perfumado|delicado|uma delícia]
chá [de folha inteira|de verdade], não [é pó|aquele pozinho]
rende [bem|duas ou três infusões]
tomo [toda noite|à tarde|no trabalho] e [adoro|me faz bem]
[aroma|cheiro] [incrível|maravilhoso], sabor [suave|limpo]
chá [maravilhoso|muito bom|ótimo]
minha [mãe|sogra|vizinha] [amou|quer igual]
o {short} chegou bem fechado, folhas [inteiras|perfeitas]
""",
    "praise.grinder": """
o moedor é [robusto|muito bem feito|um tanque]
moagem [uniforme|bem regular], [até pra expresso|nunca tive igual]
mói [rápido|20 gramas em menos de um minuto]
[mudou|melhorou] meu café da água pro vinho, [que moedor|esse moedor vale]
[fácil|super fácil] de limpar e [regular|montar de novo]
o {short} parece que vai durar [a vida toda|décadas]
""",
    "praise.kettle": """
a chaleira [é linda|serve com muita precisão|é um charme]
controle da água [perfeito|excelente], a chaleira vale [cada centavo|o preço]
esquenta [rápido|rapidinho] e segura a temperatura
a {short} fica [linda|chique] na bancada
""",
    "praise.dripper": """
o coador é [simples e ótimo|fácil de usar|lindo]
o kit veio [completo|com tudo], [até filtro|até a colherzinha]
meu café coado [mudou|ficou mais limpo] com esse coador
[ótimo|bom] kit pra [começar|quem está começando]
""",
    "praise.press": """
a prensa é [pesada, firme|bem feita|de vidro grosso] e [fácil de lavar|não pinga]
não fica [pó|borra] na xícara com essa prensa
a {short} dá pra [a família toda|quatro pessoas]
prensa [linda|ótima] pro café de domingo
""",
    "praise.moka": """
a moka é [igual à da minha avó|muito bem feita|uma graça]
[café forte|café encorpado] como eu gosto, a {short} [veda bem|não vaza]
a cafeteira italiana funciona [na indução|no fogão de indução] [como prometido|direitinho]
levo a moka até pra [praia|camping]
""",
    "praise.machine": """
a máquina é [um espetáculo|maravilhosa|tudo que eu queria]
a {short} esquenta [em um minuto|rápido] e o expresso sai [perfeito|cremoso]
valeu cada centavo, [adeus cafeteria|vou economizar em cafeteria]
o vaporizador da máquina é [forte|ótimo], leite [cremoso|de barista]
""",
    "praise.mugs": """
as canecas são [lindas|mais bonitas que na foto|pesadinhas, uma delícia de segurar]
cada caneca é um pouquinho diferente, [amei|um charme]
[dei|comprei] as canecas {short} de presente e [fez sucesso|a pessoa amou]
canecas [lindas|perfeitas], [quero mais duas|já quero as outras cores]
""",
    "praise.tin": """
a lata [veda bem|fecha direitinho|é linda]
o café [fica fresco|dura mais] na lata
lata [bonita e prática|simples e boa], [comprei uma, quero outra|cabe um quilo]
""",
    "mild.beans": """
o {short} é bom, [mas achei forte demais|um pouco ácido pro meu gosto|só um pouco caro]
café [bom|honesto], [esperava mais corpo|imaginei mais doce]
gostei, [nada de outro mundo|mas já provei melhores]
ainda estou acertando a moagem, [promete|por enquanto bom]
café bom, o [fecho do pacote não fecha|zip do pacote soltou]
""",
    "mild.tea": """
chá bom, [um pouco fraco|acaba rápido demais]
gostoso, mas [esperava mais aroma|a embalagem é ruim de fechar]
""",
    "mild.grinder": """
moedor bom, [um pouco lento|meio barulhento|o manual é confuso]
mói bem, [a escovinha não serve pra nada|demora pra limpar]
""",
    "mild.kettle": """
chaleira boa, [demora pra ferver|a tampa é dura|o cabo é curto]
""",
    "mild.dripper": """
coador bom, [veio pouco filtro|o suporte balança um pouco]
""",
    "mild.press": """
prensa boa, [o êmbolo é meio duro|ruim de limpar a tela]
""",
    "mild.moka": """
moka boa, [o cabo esquenta|faz menos café do que pensei]
""",
    "mild.machine": """
máquina boa, [o manual é fraco|o tanque é pequeno|faz barulho]
""",
    "mild.mugs": """
canecas bonitas, [menores do que imaginei|um pouco pesadas|a cor é mais cinza que na foto]
""",
    "mild.tin": """
lata ok, [tampa dura|risca fácil]
""",
    "let_down.beans": """
{short} com gosto de [queimado|velho|remédio], [não dá|joguei fora]
data de torra de [dois meses|sete semanas] atrás, [isso não é fresco|cadê o frescor?]
pedi [em grãos|moído pra coado] e veio [outra coisa|errado]
[fraco|amargo|aguado], esperava [muito mais|bem mais pelo preço]
o {short} não tem nada [da descrição|do que o rótulo promete]
pacote [aberto|mal fechado], café [sem cheiro|murcho]
café de mercado com preço de [joia|boutique]
""",
    "let_down.tea": """
chá [virou pó|só talo e pó], não é [folha|o que eu paguei]
o {short} não tem gosto de [nada|chá]
[amargo|fortíssimo] com dois minutos, [não desce|impossível]
""",
    "let_down.grinder": """
moedor [não serve pra expresso|grosso demais mesmo no mais fino]
o moedor [range|faz um barulho estranho] desde [o primeiro dia|que chegou]
veio pó de café dentro do moedor "novo", [era usado|explica isso]
""",
    "let_down.kettle": """
a chaleira [pinga|vaza] desde o primeiro dia
ferrugem na chaleira com [poucos dias|quase nada] de uso
""",
    "let_down.dripper": """
o coador [veio lascado|trincou na primeira água quente]
plástico fraco, na foto o coador parece [vidro|cerâmica]
""",
    "let_down.press": """
o êmbolo da prensa [travou|entortou] no [segundo|terceiro] uso
a prensa deixa borra em toda xícara
""",
    "let_down.moka": """
a moka vaza [pela rosca|pelo lado], [já troquei a borracha|não tem jeito]
a moka não funciona na indução [como diz o site|e a página diz que sim]
""",
    "let_down.machine": """
a máquina [vaza por baixo|perde pressão|desarma o disjuntor] com [poucos dias|dois dias] de uso
450 euros numa máquina e o [vaporizador é de enfeite|porta-filtro balança]
""",
    "let_down.mugs": """
o esmalte das canecas [trincou|descascou] na primeira lavada
uma caneca [maior que a outra|de cada tom], [e não é charme|que acabamento]
""",
    "let_down.tin": """
a tampa da lata [não fecha|solta sozinha]
lata com cheiro de [tinta|solvente], não dá pra guardar comida
""",
    "fault.grinder": """
a manivela do Harrow [soltou|caiu|ficou frouxa] [em poucos dias|já no começo|quase na hora]
o parafuso da manivela [não segura|espanou], [aperto todo dia|perdi dentro do café]
moedor ótimo com uma manivela [péssima|que vive soltando]
a manivela saiu na minha mão, [grão pra todo lado|quase caiu no pé]
segundo moedor com a manivela [solta|frouxa] [na família|aqui em casa]
""",
    "quick": """
[pedi|comprei] {ordered_day}, [chegou|recebi] {day}
chegou em {took}, [muito rápido|nem acreditei|parabéns]
entrega [super rápida|rapidíssima|voando|muito rápida]
{took} [do pedido à porta|e estava aqui], [top|ótimo]
[rápido|rapidinho] e [bem embalado|sem complicação]
mais rápido que [as grandes|eu esperava|muita loja grande]
[recebi|chegou] {day} {daypart}, nem tinha acabado o pacote antigo
""",
    "early": """
chegou {early} antes [do prazo|do prometido]
[disseram|prometeram] {promised} e chegou {came}, [adorei|ótimo]
antes do prazo, [sempre bom|que surpresa boa|maravilha]
{early} antes da data, [parabéns|muito bom]
veio antes do que [eu esperava|o site dizia]
achei que ia [demorar|levar bem mais tempo], chegou {early} antes
""",
    "on_time": """
[chegou|entregue] no prazo
chegou {day} {daypart}, [como avisaram|certinho]
dentro do prazo [e inteiro|e sem surpresa|e sem drama]
[prazo|data] [cumprido direitinho|certa], {came}
[tudo|correu tudo] [como combinado|certo|conforme prometido]
{took}, [dentro do esperado|normal pra cá]
chegou {came}, no dia
""",
    "courier": """
entregador [educado|simpático|muito gentil], [subiu até o terceiro|esperou eu descer|ligou antes]
o rapaz da {carrier} [é sempre simpático|deixou com o porteiro como pedi]
deixaram [na portaria|com a vizinha] e [avisaram|mandaram mensagem], [ótimo|perfeito]
a moça da entrega [é um amor|foi um doce]
entregador [subiu quatro andares|carregou tudo], [obrigad{o}|gente boa]
""",
    "tracking": """
rastreio [preciso|certinho|funcionou direitinho]
avisaram uma hora antes, [perfeito|muito prático|adorei]
deu pra [mudar o dia|trocar o horário] da entrega [pelo celular|com um clique]
acompanhei tudo pelo [celular|rastreio], sem susto
""",
    "packing": """
[muito bem|super bem|bem] embalado
embalagem [linda|caprichada|sem plástico], [adorei|nota dez|parabéns]
bilhetinho escrito à mão, [que carinho|ganhei o dia|um mimo]
caixa [perfeita|inteirinha], {shipped} também
veio parecendo presente
""",
    "grumble": """
caixa [enorme|grande demais] pra pouca coisa
não avisaram [o horário|nada], [sorte que eu estava em casa|podia avisar]
deixaram [na porta|na chuva], [por sorte não molhou dentro|ainda bem que secou]
tive que [buscar no ponto de retirada|ir até o depósito] estando em casa
entregador [com pressa|meio mal-humorado]
o rastreio ficou [dois dias parado|sem atualizar], depois [apareceu|chegou do nada]
o e-mail com o código [caiu no spam|chegou depois da caixa]
""",
    "aside": """
o e-mail com o código [caiu no spam|chegou depois da caixa]
o horário era [o dia inteiro|muito largo|de manhã à noite]
""",
    "badly_brought": """
jogaram [por cima do portão|a caixa na calçada] e foram embora
entregador [grosso|sem educação] [com o porteiro|no telefone|com a minha mãe]
disseram que não tinha ninguém, eu estava [em casa o dia todo|do lado da porta]
deixaram num vizinho [que nem conheço|de outra rua], fiquei [uma hora|a noite] procurando
tive que buscar [do outro lado da cidade|num posto de gasolina], isso não é entrega
o rastreio [nunca funcionou|mostrava outro pacote]
""",
    "late_short": """
{late} de atraso, [acontece|nada grave|um pouco chato]
atrasou {late}, [tudo bem|mas chegou]
pequeno atraso, [podiam ter avisado|sem drama]
""",
    "late_plain": """
[chegou|veio] com {late} de atraso
era pra chegar {promised}, chegou {came}
{late} atrasado e [ninguém avisou|sem aviso]
atrasou {late}
a entrega demorou {late} a mais
""",
    "late_long": """
[chegou|veio|entregue] com {late} de atraso
{late} de atraso e [nenhum aviso|ninguém me disse nada|nem um e-mail]
era pra {promised}, chegou {came}
prometeram {promised}, [só veio|só apareceu] {came}
{took} pra entregar, [isso é piada|fala sério|um absurdo]
a {carrier} deixou [parado no depósito|meu pacote esquecido] [dias e dias|sei lá onde]
o rastreio dizia "saiu para entrega" [todo dia|dia após dia], mentira
fiquei [dois|três] dias em casa esperando a {carrier} [à toa|e nada]
entrega [péssima|horrível], atraso de {late}
era presente de [aniversário|Natal|casamento], chegou {late} atrasado
liguei [três|duas] vezes pra {carrier}, cada vez [uma história|uma desculpa]
troquem [de transportadora|a {carrier}], pelo amor de Deus
a {carrier} é [a pior|um desastre] {in_region}, {late} de atraso
atraso de {late}, pra que dar data [então?|se não cumprem?]
nunca mais [com a {carrier}|por essa transportadora]
disseram que não me acharam [três|cinco] vezes, [eu não saí de casa|mentira]
uma novela: {took} de espera
""",
    "late_forgiven": """
atrasou {late}, mas [valeu a espera|está perdoado]
{late} de atraso, [culpa da {carrier}|não é culpa de vocês], o resto [perfeito|ótimo]
demorou, mas [me avisaram|vocês pediram desculpa], tudo bem
""",
    "late_story": """
pedi {ordered_day}, era pra chegar {promised}; primeiro a {carrier} disse que o endereço estava errado (não \
estava), depois que não tinha ninguém (tinha), e no fim [apareceu|chegou] {day} {daypart} com {late} de atraso
nem costumo reclamar, mas {late} de atraso é demais: o rastreio [parou|travou], o telefone da {carrier} \
[cai|ninguém atende], e vocês [não sabiam de nada|sabiam menos do que eu]
fiquei [dois dias|duas tardes] em casa porque a {carrier} dizia "hoje", {took} depois o entregador [ainda \
riu|pede pra assinar como se nada fosse]
""",
    "damaged": """
caixa [amassada|rasgada|toda molhada|destruída] [quando chegou|na entrega]
parece que [jogaram futebol com a caixa|sentaram em cima do pacote]
chegou [quebrado|danificado], a {carrier} [nem liga|diz que é a embalagem]
a caixa veio [aberta e colada com fita|toda remendada], [quem fez isso?|estranho]
tudo [úmido|molhado], a caixa [se desmanchou|pegou chuva]
{shipped} no meio de uma caixa [esmagada|em pedaços]
tenho fotos do [estrago|pacote] se quiserem
""",
    "damaged.beans": """
o pacote [estourou|rasgou] e o café [espalhou pela caixa toda|foi metade embora]
""",
    "damaged.tea": """
o saquinho abriu, chá pela caixa [inteira|toda]
""",
    "damaged.mugs": """
uma caneca chegou [quebrada|sem alça|em três pedaços]
""",
    "damaged.press": """
o vidro da prensa veio [quebrado|estilhaçado]
""",
    "damaged.kettle": """
a chaleira veio [amassada|com o bico torto]
""",
    "damaged.tin": """
a lata veio [amassada|torta] e não fecha
""",
    "damaged.grinder": """
o copo do moedor veio [trincado|quebrado]
""",
    "damaged.machine": """
o tanque da máquina chegou [trincado|quebrado]
""",
    "damaged_forgiven": """
caixa amassada, mas [dentro tudo bem|nada quebrou]
a caixa chegou feia, {shipped} [sem um arranhão|perfeito por dentro], tudo bem
""",
    "recovered": """
a entrega [voltou ao normal|está boa de novo], [ainda bem|que alívio]
[bem|muito] melhor que da outra vez, [no dia certo|dentro do prazo]
que bom que resolveram [o problema da transportadora|a bagunça das entregas]
depois do [desastre|sufoco] do pedido anterior, esse [veio certinho|foi tranquilo]
parece que a transportadora [tomou jeito|melhorou]
quase não pedi de novo, [ainda bem que pedi|valeu insistir]
""",
    "shop": """
loja [maravilhosa|incrível|muito boa|querida]
[fácil|simples] de comprar, [veio como descrito|site bem explicado]
[recomendo|já recomendei] [pra todo mundo|pros amigos|no trabalho|pra minha irmã]
tudo [perfeito|certo|ótimo|impecável], obrigad{o}
nada a reclamar, e olha que eu [reclamo|sou chat{o}]
atendem como [gente|se deve]
tudo [muito|bem|super] caprichado
dá pra ver que [gostam do que fazem|entendem de café]
[continuem assim|não mudem nada]
adoro [as receitas|os cartõezinhos] que vêm junto
[voltarei|vou voltar] com certeza
parabéns [pelo trabalho|pela loja|a toda a equipe]
superou [as expectativas|o que eu esperava]
exatamente como [na foto|descrito|eu queria]
""",
    "shop_story": """
eu tinha [medo|receio] de comprar essas coisas pela internet, mas a página é honesta, {staff} respondeu minha \
dúvida em [dez minutos|meia hora] e agora [minha irmã quer um igual|já estou escolhendo o próximo]
pedi errado [de madrugada|com sono], mandei um e-mail morrendo de vergonha, {staff} trocou antes de embalar e \
ainda [desejou bom dia|perguntou como eu faço café], assim se ganha cliente
""",
    "store": """
o pessoal da loja {store} [entende muito|deu uma aula|é nota mil]
pedi na loja {store} e [mandaram pra casa|entregaram em casa], [ótimo|prático]
""",
    "loyal": """
{nth} pedido e [nenhum problema|tudo certo outra vez]
já é o {nth} [pedido|pedido aqui], [e não vai ser o último|diz tudo]
[cliente fiel|sempre compro aqui], [sempre bom|qualidade não muda]
voltei porque o último [foi ótimo|estava perfeito]
""",
    "range": """
[boa|ótima] variedade, [sem exagero|dá vontade de provar tudo]
gosto que [dizem de onde vem|contam quem plantou]
queria [mais opções de descafeinado|uma caixa de amostras]
""",
    "price_good": """
[bom|ótimo] preço [pela qualidade|pelo que é]
não é barato, mas [vale|compensa]
custo-benefício [ótimo|excelente]
""",
    "price": """
[caro|caro demais|salgado] [pelo que é|pra pouca coisa]
preço subiu [de novo|outra vez], [e não foi pouco|assim não dá]
achei [mais barato|5 euros mais barato] em outro site
{amount} euros, esperava [mais|bem mais]
""",
    "price_small": """
o frete [pesa|dói|é demais] num pedido pequeno
[quase 5 euros|4,90] de frete pra um pedido pequeno, [puxado|fala sério]
""",
    "service_good": """
{staff} do [chat|atendimento] foi [super atenciosa|muito gentil|rápida]
atendimento [nota dez|excelente|humano], obrigad{o} {staff}
errei o endereço e {staff} [corrigiu na hora|resolveu em minutos]
tirei uma dúvida e responderam em [dez minutos|meia hora]
""",
    "service": """
mandei [três|quatro|dois] e-mails e [nada|só resposta automática]
o suporte [não lê o que a gente escreve|copia e cola resposta]
ninguém [atende|responde], [desisti|cansei]
fiz uma pergunta simples, [sem resposta até hoje|estou esperando]
resposta da {staff} [educada mas inútil|fria]
""",
    "website": """
o site [travou|caiu] na hora de pagar, [tive que refazer tudo|cobrou duas vezes]
cupom [não funcionou|recusado] e [ninguém explica|ficou por isso mesmo]
não consegui [mudar o endereço|tirar a nota fiscal]
comprar pelo celular é [um sofrimento|difícil]
""",
    "wrong_item": """
veio [um item errado|uma coisa errada] junto, [ainda espero a troca|trocar é um parto]
faltou um item, [ainda estou esperando|ninguém sabe onde está]
veio [coisa|metade do pedido] de outra pessoa na caixa
o que veio não é o que [pedi|está na foto]
""",
    "wish": """
podia ter [assinatura|frete grátis a partir de 30|cartão fidelidade]
sugestão: [pix|mais filtros no estoque|embrulho de presente|aplicativo]
[da próxima vez|quem sabe] um cartão com dicas na caixa
seria bom poder [escolher o dia da entrega|pagar parcelado]
""",
    "niggle": """
o [site é lento no celular|e-mail de promoção é demais]
a caixa [é enorme|podia ser menor]
[um pouco|meio] caro
[muita|tanta] fita na caixa
""",
    "shame": """
pena [o preço|a caixa enorme|o site tão lento]
""",
    "fact.beans": """
comprei {pieces} de {short}, [em grãos|moído pra coado]
uso [na aeropress|no coador de pano|no expresso]
a data de torra é [um dia antes|um dia depois] do meu pedido
é pro escritório, [umas dez xícaras por dia|somos oito]
""",
    "fact.tea": """
faço com água a [80|90] graus, [dois|três] minutos
comprei {pieces} de {short}
""",
    "fact.gear": """
comprei pra substituir um que quebrou
usei [uma vez|duas vezes] [até agora|por enquanto]
é presente, [ainda não abri|não sei dizer se é bom]
ainda não [usei muito|testei direito]
""",
    "fact.delivery": """
entregue {day} {daypart}
{took} do pedido até a entrega
deixaram [na portaria|com o vizinho|no armário de encomendas]
veio pela {carrier}, {day} {daypart}
quem recebeu foi [meu filho|a vizinha|o porteiro]
retirei no ponto [da esquina|perto da estação]
a encomenda chegou {came}
""",
    "gift": """
foi presente [pro meu pai|pra uma amiga|pro chefe] e [fez sucesso|foi amado]
[comprei|dei] de presente, [amaram|acertei em cheio]
""",
    "fair": """
[o produto|o que veio dentro] é [bom|ótimo], [justiça seja feita|isso é verdade]
o atendimento [foi educado|tentou ajudar], [pelo menos|justiça seja feita]
gosto [da loja|de vocês], mas [assim não dá|dessa vez foi ruim]
""",
    "after_mild": """
espero que [seja só dessa vez|melhore]
esperava [mais|um pouco mais] [de vocês|pelas avaliações]
vou pensar [duas vezes|bem] antes de [pedir de novo|comprar outra vez]
não era o que eu [esperava|imaginava]
""",
    "after_hard": """
não [compro|peço] mais
[última|foi a última] vez
[muito|super|extremamente] decepcionad{o}
perderam [quem sempre comprava|mais um cliente]
[dinheiro|tempo e dinheiro] jogado fora
quero [meu dinheiro de volta|reembolso]
não recomendo [pra ninguém|mesmo]
que [vergonha|decepção|descaso]
""",
    "refunded": """
[devolveram|recebi] o dinheiro, [pelo menos|depois de insistir]
""",
    "contact": """
[por favor|alguém] me [liguem|respondam|procurem]
[aguardo|estou esperando] [retorno|contato|uma resposta]
alguém pode [me ligar|falar comigo|resolver isso]?
o que vocês vão fazer?
""",
    "short_happy": """
[ótimo|perfeito|excelente|maravilhoso|top|show|sensacional|amei|adorei|nota 10|nota mil|massa|arrasaram]
[muito|super] [bom|satisfeit{o}|feliz]
tudo [ótimo|perfeito|certo|maravilhoso|lindo]
[obrigad{o}|valeu|parabéns] [gente|pessoal|equipe]
bom demais
[melhor|que] loja
""",
    "short_fine": """
[ok|bom|legal|tudo certo|normal|razoável|tá bom|beleza|de boa|mais ou menos|regular|dentro do esperado]
[tudo|foi] [ok|bem|certo|bom]
sem [problemas|reclamações|comentários]
[nada|nada mais] a [declarar|dizer]
podia ser [melhor|um pouco melhor]
deu pro gasto
""",
    "short_cross": """
[ruim|péssimo|horrível|decepcionante|fraco|lamentável|um absurdo|não gostei|terrível]
[muito|bem] [ruim|fraco|chato|decepcionante]
nunca mais
[esperava mais|deixou a desejar|que raiva|uma pena|sem comentários]
melhorem
""",
    "short_delivery": """
[tranquilo|pontual|tudo certo|chegou bem|sem problemas|certinho]
entrega [ótima|perfeita|boa|nota 10|tranquila|excelente]
chegou [direitinho|inteiro|tudo certo|bem|perfeito]
[nada|nenhuma] [a reclamar da entrega|reclamação da entrega]
""",
    "short_quick": """
[rápido|rapidinho|ágil|voando|super rápido|rapidíssimo]
entrega [rápida|ágil|rapidinha], [valeu|ótimo|gostei]
""",
    "sarcasm_late": """
{took}, veio [a pé?|de jegue?|nadando?]
a {carrier} entrega [de tartaruga|por pombo-correio] agora, né
parabéns, [a carta da minha tia chegou antes|bateram o recorde]: {late} de atraso
obrigad{o} pela emoção, {late} de atraso e nenhum aviso
""",
    "sarcasm": """
[lindo o site|fotos lindas], pena que não dá pra [beber|usar] foto
adorei [conversar com robô|esperar resposta], recomendo
parabéns pelo marketing
valeu pelo [adesivo|cartãozinho], viu
""",
    "upside_down": """
[amei|adorei], [melhor loja|número um|vocês são demais]
número um, [em primeiro lugar sempre|melhor que todas]
""",
}

OPENERS = {
    "happy": ("olha,", "sinceramente,", "gente,", "só digo uma coisa:", "bom,", "nossa,"),
    "fine": ("olha,", "bom,", "sinceramente,", "no geral", "até agora:", "então,"),
    "cross": ("olha,", "sinceramente,", "gente,", "poxa,", "infelizmente", "sério,"),
}
EMOJI = {
    "happy": ("😊", "👏", "☕", "❤️", "😍", "🙏", "👏👏", "🥰", "😋", "💛"),
    "fine": ("🙂", "👍", "😅", "🤷"),
    "cross": ("😡", "😞", "👎", "😤", "🙄", "😠", "🤦‍♀️"),
}
CASUAL = (
    ("você", "vc"),
    ("também", "tbm"),
    ("muito", "mto"),
    ("não", "nao"),
    ("porque", "pq"),
    ("obrigada", "obg"),
    ("obrigado", "obg"),
    ("vocês", "vcs"),
    ("tudo", "td"),
    ("mesmo", "msm"),
    ("até", "ate"),
    ("rápido", "rapido"),
    ("é", "e"),
)
JOINS = {
    "but": (", mas ", " mas ", ", só que ", " porém "),
    "pause": (", ", " - ", "... "),
    "and": (", ", " e ", " - ", ", "),
}

DAYS = ("na segunda", "na terça", "na quarta", "na quinta", "na sexta", "no sábado", "no domingo")
DAYPARTS = ("de manhã", "à tarde", "à noite")
STAFF = ("Ana", "Inês", "Lívia", "Bia")
